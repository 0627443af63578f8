/** Executions as they begin and end, as server-sent events. */
import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { MoonletError } from '../../../core/base/errors.js'
import { checkFunction, functionsOf } from '../../../core/http/token-functions.js'
import { findFunction } from '../find-function.js'
import { createEventHub } from './event-hub.js'
import { createEventStream } from './event-stream.js'
import { toListedExecution } from './schema.js'

const MAX_LISTENERS = 100
const TOO_MANY = `There are already ${MAX_LISTENERS} listeners`
const PING_MS = 15_000
/** What a reader has to take the rest in when the server stops. */
const LAST_WORDS_MS = 1000

const config = { scope: 'executions:read', reach: 'filtered' } as const

const Events = Type.Unsafe<NodeJS.ReadableStream>({
  type: 'string',
  contentMediaType: 'text/event-stream',
  'x-response-description':
    'An endless stream: `event: execution` with an Execution as `data` and its id as `id`; ' +
    '`event: skipped` with `{"count": N}` when there were more than 50 events in a second or ' +
    'the reader is slow; a comment every 15 seconds.'
})

const eventsSchema = {
  operationId: 'watchExecutions',
  tags: ['Executions'],
  summary: 'Watch executions live',
  description:
    'Each recorded run at its end, and also at its beginning (status `pending`) when it ' +
    'is still running after 100 ms.',
  querystring: Type.Object({
    function_id: Type.Optional(Type.String({ description: 'Only executions of this function.' }))
  }),
  response: {
    200: Events,
    ...errorResponses({ 404: 'Function not found', 503: TOO_MANY }),
    ...commonErrors
  }
}

export function addEventRoutes(api: ApiScope): void {
  const { executions, shared } = api.storage
  const hub = createEventHub({
    onExecution: listener => api.invoker.onExecution(listener),
    live: shared?.live,
    read: async id => {
      const record = await executions.findListed(id)
      return record === undefined ? undefined : toListedExecution(record)
    },
    onError: error => {
      api.log.warn({ err: error }, 'could not read an execution for the live view')
    }
  })
  const responses = new Set<ServerResponse>()
  // Streams never end by themselves, and the server waits for responses in progress; also for readers who do not read.
  api.addHook('preClose', async () => {
    hub.close()
    setTimeout(() => {
      for (const response of responses) response.destroy()
    }, LAST_WORDS_MS).unref()
  })

  api.get(
    '/api/events',
    {
      exposeHeadRoute: false,
      config,
      schema: eventsSchema
    },
    async (request, reply) => {
      const functionId = request.query.function_id === '' ? undefined : request.query.function_id
      if (functionId !== undefined) {
        checkFunction(request, functionId)
        await findFunction(api.storage, functionId)
      }
      if (hub.size() >= MAX_LISTENERS) {
        throw new MoonletError('TOO_MANY_LISTENERS', TOO_MANY, { headers: { 'retry-after': '10' } })
      }
      const { stream, unwatch } = openStream(api, request)
      const leave = hub.join(wantedFunctions(request, functionId), stream)
      responses.add(reply.raw)
      reply.raw.once('close', () => {
        responses.delete(reply.raw)
        leave()
        unwatch()
        stream.output.destroy()
      })
      return reply
        .header('x-accel-buffering', 'no')
        .type('text/event-stream')
        .code(200)
        .send(stream.output)
    }
  )

  api.head('/api/events', { config }, async (_request, reply) =>
    reply.type('text/event-stream').send()
  )
}

/** Whose executions a listener gets; undefined: those of all functions. */
function wantedFunctions(
  request: FastifyRequest,
  functionId: string | undefined
): ReadonlySet<string> | undefined {
  const wanted = functionId === undefined ? functionsOf(request) : [functionId]
  return wanted && new Set(wanted)
}

/** A stream that ends with the session or token that opened it; also when that ended just before. */
function openStream(api: ApiScope, request: FastifyRequest) {
  const mayGoOn = () =>
    api.authenticate(request).then(
      () => true,
      () => false
    )
  const stream = createEventStream({ pingMs: PING_MS, mayGoOn })
  const unwatch = api.watchAccess(request, () => {
    stream.end()
  })
  void mayGoOn().then(may => {
    if (!may) stream.end()
  })
  return { stream, unwatch }
}
