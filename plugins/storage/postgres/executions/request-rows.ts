/** Requests to other servers as rows. */
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord
} from '../../../../core/contracts/records.js'
import type { Statement } from '../db/connection.js'
import type { SqlValue } from '../db/values.js'
import { measure } from './row-columns.js'
import type { Part } from './running.js'

type RequestPart = Exclude<Part, { kind: 'logs' }>

const insert = (table: string, columns: readonly string[]): string =>
  `insert into ${table} (id, execution, ${columns.join(', ')})
   select $1, e.id, ${columns.map((_, index) => `$${index + 3}`).join(', ')} from executions e where e.id = $2`

const http = insert('http_requests', [
  'method',
  'url',
  'status',
  'status_code',
  'error_message',
  'request_size',
  'response_size',
  'duration_ms',
  'created_at'
])
const ai = insert('ai_requests', [
  'provider',
  'model',
  'endpoint',
  'request_json',
  'response_json',
  'status',
  'error_message',
  'input_tokens',
  'output_tokens',
  'duration_ms',
  'created_at'
])
const email = insert('email_requests', [
  'sender',
  'recipients_json',
  'subject',
  'has_text',
  'has_html',
  'request_json',
  'response_json',
  'status',
  'error_message',
  'email_id',
  'duration_ms',
  'created_at'
])

export const requestStatements = (parts: readonly RequestPart[]): Statement[] =>
  parts.map(toStatement)

function toStatement({ kind, request }: RequestPart): Statement {
  const head = [request.id, request.executionId]
  const tail = [Math.round(request.durationMs), request.createdAt]
  const [sql, middle] =
    kind === 'http'
      ? [http, toHttpValues(request)]
      : kind === 'ai'
        ? [ai, toAiValues(request)]
        : [email, toEmailValues(request)]
  return { sql, values: [...head, ...middle, ...tail] }
}

const toHttpValues = (r: HttpRequestRecord): SqlValue[] => [
  r.method,
  r.url,
  r.status,
  r.statusCode ?? null,
  r.errorMessage ?? null,
  r.requestSize,
  r.responseSize ?? null
]

const toAiValues = (r: AiRequestRecord): SqlValue[] => [
  r.provider,
  r.model,
  r.endpoint,
  r.requestJson,
  r.responseJson ?? null,
  r.status,
  r.errorMessage ?? null,
  toCount(r.inputTokens),
  toCount(r.outputTokens)
]

const toCount = (count: number | undefined): number | null =>
  count === undefined ? null : Math.round(count)

const toEmailValues = (r: EmailRequestRecord): SqlValue[] => [
  r.from,
  JSON.stringify(r.to),
  r.subject,
  Number(r.hasText),
  Number(r.hasHtml),
  r.requestJson,
  r.responseJson ?? null,
  r.status,
  r.errorMessage ?? null,
  r.emailId ?? null
]

export function requestBytes({ kind, request }: RequestPart): number {
  const error = request.errorMessage ?? null
  switch (kind) {
    case 'http':
      return measure('http_requests', request.method, request.url, error)
    case 'ai': {
      const { model, endpoint, requestJson, responseJson = null } = request
      return measure('ai_requests', model, endpoint, error, requestJson, responseJson)
    }
    case 'email': {
      const { from, to, subject, requestJson, responseJson = null } = request
      return measure(
        'email_requests',
        from,
        JSON.stringify(to),
        subject,
        error,
        requestJson,
        responseJson
      )
    }
  }
}
