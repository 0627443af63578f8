/** Requests to other servers as rows. */
import type { Database } from 'better-sqlite3'
import { bytesOf } from '../quotas/row-bytes.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord
} from '../../../core/contracts/records.js'

type Nullable<T> = {
  readonly [K in keyof T]: undefined extends T[K] ? Exclude<T[K], undefined> | null : T[K]
}

export type AiRow = Nullable<AiRequestRecord>
export type HttpRow = Nullable<HttpRequestRecord>
export type EmailRow = Omit<Nullable<EmailRequestRecord>, 'to' | 'hasText' | 'hasHtml'> & {
  readonly toJson: string
  readonly hasText: number
  readonly hasHtml: number
}

export const aiColumns = `r.id, e.id as executionId, r.provider, r.model, r.endpoint, r.request_json as requestJson,
  r.response_json as responseJson, r.status, r.error_message as errorMessage, r.input_tokens as inputTokens,
  r.output_tokens as outputTokens, r.duration_ms as durationMs, r.created_at as createdAt`

export const emailColumns = `r.id, e.id as executionId, r.sender as "from", r.recipients_json as toJson, r.subject,
  r.has_text as hasText, r.has_html as hasHtml, r.request_json as requestJson, r.response_json as responseJson,
  r.status, r.error_message as errorMessage, r.email_id as emailId, r.duration_ms as durationMs, r.created_at as createdAt`

export const httpColumns = `r.id, e.id as executionId, r.method, r.url, r.status, r.status_code as statusCode,
  r.error_message as errorMessage, r.request_size as requestSize, r.response_size as responseSize,
  r.duration_ms as durationMs, r.created_at as createdAt`

export function toHttpRequest(row: HttpRow): HttpRequestRecord {
  return {
    ...row,
    statusCode: row.statusCode ?? undefined,
    errorMessage: row.errorMessage ?? undefined,
    responseSize: row.responseSize ?? undefined
  }
}

export function toAiRequest(row: AiRow): AiRequestRecord {
  return {
    ...row,
    responseJson: row.responseJson ?? undefined,
    errorMessage: row.errorMessage ?? undefined,
    inputTokens: row.inputTokens ?? undefined,
    outputTokens: row.outputTokens ?? undefined
  }
}

export function toEmailRequest({ toJson, ...row }: EmailRow): EmailRequestRecord {
  return {
    ...row,
    to: JSON.parse(toJson) as string[],
    hasText: row.hasText === 1,
    hasHtml: row.hasHtml === 1,
    responseJson: row.responseJson ?? undefined,
    errorMessage: row.errorMessage ?? undefined,
    emailId: row.emailId ?? undefined
  }
}

/** `written` is told the bytes of each row, by the measure of quotas. */
export function prepareRequestStatements(db: Database, written: (bytes: number) => void) {
  const ai = db.prepare(`
    insert into ai_requests (id, execution, provider, model, endpoint, request_json, response_json, status, error_message, input_tokens, output_tokens, duration_ms, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const email = db.prepare(`
    insert into email_requests (id, execution, sender, recipients_json, subject, has_text, has_html, request_json, response_json, status, error_message, email_id, duration_ms, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const http = db.prepare(`
    insert into http_requests (id, execution, method, url, status, status_code, error_message, request_size, response_size, duration_ms, created_at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const leaveOut = db.prepare<[number, number]>(
    'update executions set http_left_out = ? where seq = ?'
  )
  return {
    insertHttp(row: number, r: HttpRequestRecord): void {
      const error = r.errorMessage ?? null
      http.run(
        r.id,
        row,
        r.method,
        r.url,
        r.status,
        r.statusCode ?? null,
        error,
        r.requestSize,
        r.responseSize ?? null,
        Math.round(r.durationMs),
        r.createdAt
      )
      written(bytesOf('http_requests', r.method, r.url, error))
    },
    noteLeftOut(row: number, count: number): void {
      leaveOut.run(count, row)
    },
    insertAi(row: number, r: AiRequestRecord): void {
      ai.run(
        r.id,
        row,
        r.provider,
        r.model,
        r.endpoint,
        r.requestJson,
        r.responseJson ?? null,
        r.status,
        r.errorMessage ?? null,
        r.inputTokens ?? null,
        r.outputTokens ?? null,
        Math.round(r.durationMs),
        r.createdAt
      )
      written(
        bytesOf(
          'ai_requests',
          r.model,
          r.endpoint,
          r.errorMessage ?? null,
          r.requestJson,
          r.responseJson ?? null
        )
      )
    },
    insertEmail(row: number, r: EmailRequestRecord): void {
      const recipients = JSON.stringify(r.to)
      const [error, response] = [r.errorMessage ?? null, r.responseJson ?? null]
      email.run(
        r.id,
        row,
        r.from,
        recipients,
        r.subject,
        Number(r.hasText),
        Number(r.hasHtml),
        r.requestJson,
        response,
        r.status,
        error,
        r.emailId ?? null,
        Math.round(r.durationMs),
        r.createdAt
      )
      written(
        bytesOf('email_requests', r.from, recipients, r.subject, error, r.requestJson, response)
      )
    }
  }
}
