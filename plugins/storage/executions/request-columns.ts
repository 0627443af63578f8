/** Requests to other servers as they are written: columns, their values, and the texts that count in quotas. */
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord
} from '../../../core/contracts/records.js'

export type RequestPart =
  | { readonly kind: 'ai'; readonly request: AiRequestRecord }
  | { readonly kind: 'email'; readonly request: EmailRequestRecord }
  | { readonly kind: 'http'; readonly request: HttpRequestRecord }

type Text = string | null
interface RequestValues {
  /** Of the columns below. */
  readonly values: ReadonlyArray<Text | number>
  /** As row-bytes.ts orders them. */
  readonly measured: readonly Text[]
}

/** Behind `id` and `execution`. */
export const requestColumns: Readonly<Record<RequestPart['kind'], readonly string[]>> = {
  ai: [
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
  ],
  email: [
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
  ],
  http: [
    'method',
    'url',
    'status',
    'status_code',
    'error_message',
    'request_size',
    'response_size',
    'duration_ms',
    'created_at'
  ]
}

export function toRequestValues(part: RequestPart): RequestValues {
  switch (part.kind) {
    case 'ai':
      return toAiValues(part.request)
    case 'email':
      return toEmailValues(part.request)
    case 'http':
      return toHttpValues(part.request)
  }
}

function toAiValues(r: AiRequestRecord): RequestValues {
  const { model, endpoint, requestJson, responseJson = null, errorMessage = null } = r
  return {
    values: [
      r.provider,
      model,
      endpoint,
      requestJson,
      responseJson,
      r.status,
      errorMessage,
      r.inputTokens ?? null,
      r.outputTokens ?? null,
      Math.round(r.durationMs),
      r.createdAt
    ],
    measured: [model, endpoint, errorMessage, requestJson, responseJson]
  }
}

function toEmailValues(r: EmailRequestRecord): RequestValues {
  const { from, subject, requestJson, responseJson = null, errorMessage = null } = r
  const recipients = JSON.stringify(r.to)
  return {
    values: [
      from,
      recipients,
      subject,
      Number(r.hasText),
      Number(r.hasHtml),
      requestJson,
      responseJson,
      r.status,
      errorMessage,
      r.emailId ?? null,
      Math.round(r.durationMs),
      r.createdAt
    ],
    measured: [from, recipients, subject, errorMessage, requestJson, responseJson]
  }
}

function toHttpValues(r: HttpRequestRecord): RequestValues {
  const { method, url, errorMessage = null } = r
  return {
    values: [
      method,
      url,
      r.status,
      r.statusCode ?? null,
      errorMessage,
      r.requestSize,
      r.responseSize ?? null,
      Math.round(r.durationMs),
      r.createdAt
    ],
    measured: [method, url, errorMessage]
  }
}
