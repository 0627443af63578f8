/** Writes requests to other servers as rows. */
import type { Database } from 'better-sqlite3'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord
} from '../../../core/contracts/records.js'
import { bytesOf } from '../quotas/row-bytes.js'

export class RequestStatements {
  private readonly sql: ReturnType<typeof prepareStatements>

  /** `countBytes` is called with the bytes of each row, as quotas measure them. */
  constructor(
    db: Database,
    private readonly countBytes: (bytes: number) => void
  ) {
    this.sql = prepareStatements(db)
  }

  insertHttp(rowId: number, r: HttpRequestRecord): void {
    const error = r.errorMessage ?? null
    this.sql.http.run(
      r.id,
      rowId,
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
    this.countBytes(bytesOf('http_requests', r.method, r.url, error))
  }

  /** `count` is how many requests were made beyond those that are kept. */
  noteLeftOut(rowId: number, count: number): void {
    this.sql.leftOut.run(count, rowId)
  }

  insertAi(rowId: number, r: AiRequestRecord): void {
    const error = r.errorMessage ?? null
    const response = r.responseJson ?? null
    this.sql.ai.run(
      r.id,
      rowId,
      r.provider,
      r.model,
      r.endpoint,
      r.requestJson,
      response,
      r.status,
      error,
      r.inputTokens ?? null,
      r.outputTokens ?? null,
      Math.round(r.durationMs),
      r.createdAt
    )
    this.countBytes(bytesOf('ai_requests', r.model, r.endpoint, error, r.requestJson, response))
  }

  insertEmail(rowId: number, r: EmailRequestRecord): void {
    const recipients = JSON.stringify(r.to)
    const error = r.errorMessage ?? null
    const response = r.responseJson ?? null
    this.sql.email.run(
      r.id,
      rowId,
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
    this.countBytes(
      bytesOf('email_requests', r.from, recipients, r.subject, error, r.requestJson, response)
    )
  }
}

function prepareStatements(db: Database) {
  return {
    ai: db.prepare(`
      insert into ai_requests (id, execution, provider, model, endpoint, request_json, response_json, status,
        error_message, input_tokens, output_tokens, duration_ms, created_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    email: db.prepare(`
      insert into email_requests (id, execution, sender, recipients_json, subject, has_text, has_html, request_json,
        response_json, status, error_message, email_id, duration_ms, created_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    http: db.prepare(`
      insert into http_requests (id, execution, method, url, status, status_code, error_message, request_size,
        response_size, duration_ms, created_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    leftOut: db.prepare<[number, number]>('update executions set http_left_out = ? where seq = ?')
  }
}
