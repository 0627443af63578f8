/** Executions as the API shows them. */
import { Type } from 'typebox'
import { pageOf } from '../../../core/http/pagination.js'
import { faultKinds, type ExecutionRecord, type Fault } from '../../../core/contracts/records.js'
import { readRequestLine } from './request-line.js'

export const ExecutionId = Type.String({
  description: 'Id of the execution.',
  examples: ['d2c1vb9o5a6c4g1k2m0t']
})

const statuses = ['pending', 'success', 'error'] as const

export const ErrorDetail = Type.Object(
  {
    kind: Type.String({
      description: 'What kind of failure, such as `syntax`, `runtime`, `timeout`, `memory`.'
    }),
    message: Type.String({ description: 'As Lua raised it, or in the words of the server.' }),
    module: Type.Optional(
      Type.String({
        description:
          "The shared module that `line` is of. Absent where it is the function's own code."
      })
    ),
    line: Type.Optional(Type.Integer({ minimum: 1 })),
    column: Type.Optional(Type.Integer({ minimum: 1, description: 'Syntax errors only.' })),
    traceback: Type.Optional(Type.String()),
    code: Type.Optional(
      Type.String({ description: 'The field `code` of a table that the function raised.' })
    )
  },
  {
    title: 'ErrorDetail',
    examples: [{ kind: 'runtime', message: 'main:2: no such user', line: 2 }]
  }
)

export const executionExample = {
  id: 'd2c1vb9o5a6c4g1k2m0t',
  function_id: 'd2c1v7h8e9k0m3n4p5q6',
  function_version_id: 'ver_d2c1v7h8e9k0m3n4p5q6_v1',
  version: 1,
  status: 'success',
  status_code: 200,
  method: 'GET',
  path: '/fn/d2c1v7h8e9k0m3n4p5q6',
  duration_ms: 3,
  event_json:
    '{"method":"GET","path":"/fn/d2c1v7h8e9k0m3n4p5q6","relativePath":"/","headers":{},"body":"","query":{}}',
  trigger: 'http',
  created_at: 1767225600
}

const StatusCode = Type.Optional(
  Type.Integer({
    minimum: 100,
    maximum: 999,
    description:
      'What the function answered. Absent when it gave no response (the run failed, or is ' +
      'pending), and in records of before this field.'
  })
)

export const executionFields = {
  id: Type.String(),
  function_id: Type.String(),
  function_version_id: Type.String(),
  version: Type.Integer({ minimum: 1, description: 'Number of the version that ran.' }),
  status: Type.Enum([...statuses], {
    description:
      "`error` when the run failed or the response's status was 400 or more; only the latter has a `status_code`."
  }),
  status_code: StatusCode,
  method: Type.Optional(
    Type.String({ description: 'Of the request. Absent when the event has none.' })
  ),
  path: Type.Optional(
    Type.String({
      description:
        'Of the request: whole, percent-decoded, without query, secrets masked. Absent when the event has none.'
    })
  ),
  duration_ms: Type.Optional(Type.Integer({ minimum: 0, description: 'Absent while pending.' })),
  response_size: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'Only of an answer that was streamed: the bytes of its body, also where it broke off.'
    })
  ),
  first_byte_ms: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'Only of an answer that was streamed: milliseconds until its status and headers left.'
    })
  ),
  error_message: Type.Optional(
    Type.String({
      description: 'Only after a failed run: for people, with the place in the code and advice.'
    })
  ),
  error: Type.Optional(ErrorDetail),
  event_json: Type.String({
    description:
      'The event as JSON text, secrets masked. What was too large for it is cut: `truncated` ' +
      'is true then, and `bodySize` and `bodySha256` (hex) tell of a cut body what it was.'
  }),
  trigger: Type.String({
    description: "`http`, `job`, `cron`, `rerun` or the name of a plugin's trigger."
  }),
  created_at: Type.Integer({ description: 'Unix seconds.' }),
  job_id: Type.Optional(Type.String({ description: 'The job that it is an attempt of.' })),
  attempt: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Which one, since the job was made or redriven.' })
  ),
  node: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Number of the server that ran it. Only with a database that servers share.'
    })
  )
}

const ListedExecution = Type.Object(
  {
    ...executionFields,
    event_json: Type.String({
      description:
        'The event as JSON text, secrets masked; of one of more than 4096 bytes the beginning, ' +
        'as valid JSON with `"truncated":true`. The single execution has all of it.'
    })
  },
  { title: 'ListedExecution', examples: [executionExample] }
)

const listed = pageOf('executions', ListedExecution)

export const ExecutionPage = Type.Object(
  {
    ...listed.properties,
    partial: Type.Optional(
      Type.Boolean({
        description:
          'True when a search for `text` or `error_kind` ended at its time limit: the newest ' +
          'executions were searched, `total` is what was found, and older ones may fit too. A ' +
          'shorter time range, a status or a version reaches further back.'
      })
    )
  },
  {
    title: 'ExecutionPage',
    examples: [{ executions: [executionExample], pagination: { total: 1, limit: 20, offset: 0 } }]
  }
)

export const Execution = Type.Object(
  {
    ...executionFields,
    response_json: Type.Optional(
      Type.String({
        description: 'What the handler returned, as JSON text; only kept with `save_response`.'
      })
    )
  },
  { title: 'Execution', examples: [executionExample] }
)

export const lastExecutionExample = {
  id: executionExample.id,
  status: 'success',
  status_code: 200,
  trigger: 'http',
  created_at: 1767225600,
  duration_ms: 3
}

export const LastExecution = Type.Object(
  {
    id: Type.String(),
    status: Type.Enum([...statuses]),
    status_code: StatusCode,
    trigger: Type.String(),
    created_at: Type.Integer({ description: 'Unix seconds.' }),
    duration_ms: Type.Optional(Type.Integer({ minimum: 0, description: 'Absent while pending.' }))
  },
  { title: 'LastExecution', examples: [lastExecutionExample] }
)

export const ExecutionFilters = {
  status: Type.Optional(Type.Enum([...statuses], { description: 'How it went.' })),
  error_kind: Type.Optional(
    Type.Enum([...faultKinds], {
      description: 'Only runs that failed in this way, such as `timeout` or `memory`.'
    })
  ),
  trigger: Type.Optional(
    Type.String({
      maxLength: 100,
      description: "`http`, `job`, `cron`, `rerun` or the name of a plugin's trigger."
    })
  ),
  version: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Number of the version.'
    })
  ),
  from: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Not older than this, in Unix seconds.'
    })
  ),
  to: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Not newer than this, in Unix seconds.'
    })
  ),
  job_id: Type.Optional(
    Type.String({ maxLength: 100, description: 'Only the attempts of this job.' })
  ),
  text: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'Only with this text, in any case, in the message of the error (not in the code and ' +
        'advice around it) or in a log message.'
    })
  )
}

/** Longest text of an error in a list; the detail has all of it. */
const LISTED_ERROR = 4096

/** Without what lists leave out, and with long texts cut. */
export function toListedExecution(record: ExecutionRecord) {
  const execution = toFields(record)
  const { error_message: text, error } = execution
  return {
    ...execution,
    error_message: text === undefined ? undefined : cutText(text),
    error:
      error === undefined
        ? undefined
        : {
            ...error,
            message: cutText(error.message),
            traceback: error.traceback && cutText(error.traceback)
          }
  }
}

export const toExecution = (record: ExecutionRecord) => ({
  ...toFields(record),
  response_json: record.responseJson
})

const cutText = (text: string): string =>
  text.length <= LISTED_ERROR ? text : `${text.slice(0, LISTED_ERROR)}…`

const toFields = (record: ExecutionRecord) => ({
  id: record.id,
  function_id: record.functionId,
  function_version_id: record.versionId,
  version: versionNumberOf(record.versionId),
  status: record.status,
  status_code: record.statusCode,
  ...readRequestLine(record.eventJson),
  duration_ms: record.durationMs,
  response_size: record.stream?.size,
  first_byte_ms: record.stream?.firstByteMs,
  error_message: record.errorMessage,
  error: record.fault === undefined ? undefined : toErrorDetail(record.fault),
  event_json: record.eventJson,
  trigger: record.trigger,
  created_at: record.createdAt,
  job_id: record.jobId,
  attempt: record.attempt,
  node: record.node
})

export const toLastExecution = ({
  id,
  status,
  statusCode,
  trigger,
  createdAt,
  durationMs
}: ExecutionRecord) => ({
  id,
  status,
  status_code: statusCode,
  trigger,
  created_at: createdAt,
  duration_ms: durationMs
})

export const toErrorDetail = ({ kind, message, module, line, column, traceback, code }: Fault) => ({
  kind,
  message,
  module,
  line,
  column,
  traceback,
  code
})

/** Ids of versions end with `_v{number}`. */
const versionNumberOf = (versionId: string): number =>
  Number(versionId.slice(versionId.lastIndexOf('_v') + 2))
