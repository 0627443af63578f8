/** How functions are called. Their route takes any method and any body, which no schema of a route could say. */
import type { ApiDocument, Operation } from './api-document.js'
import { limitExamples } from '../../core/base/limit-texts.js'

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

const id = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Id of the function, or its slug.',
  schema: { type: 'string' },
  example: 'd2c1v7h8e9k0m3n4p5q6'
}

const header = (name: string, description: string, example: string) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
  example
})

const background = [
  header(
    'Prefer',
    '`respond-async`: the call is kept and runs as a job, of every method but OPTIONS.',
    'respond-async'
  ),
  header(
    'Idempotency-Key',
    'Of a background call: a repeat within 24 hours gives the same job.',
    'order-7'
  ),
  header(
    'Moonlet-Delay',
    'Of a background call: seconds from now, or an HTTP date, when it is due.',
    '30'
  )
]

const accepted = {
  description: 'The call is kept: with `Prefer: respond-async`.',
  headers: {
    'Preference-Applied': { description: '`respond-async`', schema: { type: 'string' } },
    Location: {
      description: 'The job, for holders of the management key.',
      schema: { type: 'string' }
    }
  },
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['job_id'],
        properties: { job_id: { type: 'string', description: 'Id of the job.' } }
      },
      example: { job_id: 'd2c1vb9o5a6c4g1k2m1g' }
    }
  }
}

/** A response that is an error. */
export const failure = (description: string, error: string) => ({
  description,
  content: {
    'application/json': { schema: { $ref: '#/components/schemas/Error' }, example: { error } }
  }
})

const headers = {
  'X-Function-Id': { description: 'Id of the function.', schema: { type: 'string' } },
  'X-Function-Version-Id': {
    description: 'Id of the version that ran.',
    schema: { type: 'string' }
  },
  'X-Execution-Id': {
    description: 'Id of the execution, whatever came of it.',
    schema: { type: 'string' }
  },
  'X-Execution-Duration-Ms': { description: 'How long it took.', schema: { type: 'string' } }
}

/**
 * `/fn/{id}` with each method; what follows the id is the function's own to interpret. `server` is where functions
 * answer, if that is not where the API does.
 */
export function describeCalls(server: string | undefined): ApiDocument['paths'] {
  const servers = server === undefined ? {} : { servers: [{ url: server }] }
  return {
    '/fn/{id}': Object.fromEntries(
      methods.map(method => [method, { ...describeCall(method), ...servers }])
    )
  }
}

const describeCall = (method: (typeof methods)[number]): Operation => ({
  operationId: `callFunctionWith${method.charAt(0).toUpperCase()}${method.slice(1)}`,
  tags: ['Calls'],
  summary: `Call a function with ${method.toUpperCase()}`,
  description:
    'Anything may follow the id: the handler finds it as `event.relativePath`, and the query ' +
    'as `event.query`. Status, headers and body are what the handler returns.',
  security: [],
  parameters: [id, ...background],
  ...(method === 'get' || method === 'delete'
    ? {}
    : { requestBody: { description: 'Any bytes.', content: { '*/*': { schema: {} } } } }),
  responses: {
    default: {
      description: 'What the handler returned.',
      headers,
      content: { '*/*': { schema: {} } }
    } as Operation['responses'][string],
    202: accepted as Operation['responses'][string],
    400: failure(
      'The path or a header of a background call cannot be read.',
      'Moonlet-Delay: Moonlet-Delay must be seconds, such as 30, or an HTTP date'
    ),
    401: failure(
      'The function wants one of its keys, or a signature.',
      'This function needs one of its keys, as Authorization: Bearer mfk_… or X-Function-Key'
    ),
    403: failure('The function is disabled.', 'Function is disabled'),
    404: failure('There is no such function, or it is internal.', 'Function not found'),
    408: failure('The body did not arrive in time.', limitExamples.requestTooSlow),
    409: failure('This delivery of a webhook is being handled.', 'This delivery is being handled'),
    413: failure('The body is larger than BODY_LIMIT.', limitExamples.bodyTooLarge),
    429: failure(
      'More calls than its `rate_limit`, or at once than its `max_concurrency`; `Retry-After` says when to come back.',
      'Too many calls of this function (rate_limit)'
    ),
    500: failure('The run failed; its execution says why.', 'Function execution failed'),
    508: failure(
      'Functions have called each other by HTTP too deep, or for too long.',
      'Functions call each other more than 8 deep; this call is refused'
    ),
    503: failure(
      'Too busy, or stopping; `Retry-After` says for how many seconds to wait.',
      limitExamples.queueFull
    )
  }
})
