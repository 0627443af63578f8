/** Rows of requests to other servers, as records. */
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
  r.status, r.error_message as errorMessage, r.email_id as emailId, r.duration_ms as durationMs,
  r.created_at as createdAt`

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
