/** Log entries and request records as the API shows them. */
import { Type } from 'typebox'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../../core/contracts/records.js'

export const LogLine = Type.Object(
  {
    level: Type.Enum(['debug', 'info', 'warn', 'error']),
    message: Type.String({ description: 'Secrets masked.' }),
    created_at: Type.Integer({ description: 'Unix seconds.' })
  },
  { title: 'LogEntry', examples: [{ level: 'info', message: 'hello', created_at: 1767225600 }] }
)

export const toLogLine = ({ level, message, createdAt }: LogEntry) => ({
  level,
  message,
  created_at: createdAt
})

const outcome = {
  status: Type.Enum(['success', 'error']),
  error_message: Type.Optional(Type.String()),
  duration_ms: Type.Integer({ minimum: 0 }),
  created_at: Type.Integer({ description: 'Unix seconds.' })
}

export const AiRequest = Type.Object(
  {
    id: Type.String(),
    execution_id: Type.String(),
    provider: Type.String(),
    model: Type.String({ description: 'As asked for.' }),
    endpoint: Type.String({ description: 'Full address; empty when none was reached.' }),
    request_json: Type.String(),
    response_json: Type.Optional(Type.String({ description: 'Absent without a reply.' })),
    input_tokens: Type.Optional(Type.Integer({ minimum: 0 })),
    output_tokens: Type.Optional(Type.Integer({ minimum: 0 })),
    ...outcome
  },
  {
    title: 'AiRequest',
    examples: [
      {
        id: 'd2c1vb9o5a6c4g1k2m1g',
        execution_id: 'd2c1vb9o5a6c4g1k2m0t',
        provider: 'openai',
        model: 'gpt-4o-mini',
        endpoint: 'https://api.openai.com/v1/chat/completions',
        request_json:
          '{"max_tokens":1024,"messages":[{"content":"hi","role":"user"}],"model":"gpt-4o-mini"}',
        response_json: '{"choices":[{"message":{"content":"hello"}}]}',
        input_tokens: 8,
        output_tokens: 2,
        status: 'success',
        duration_ms: 640,
        created_at: 1767225600
      }
    ]
  }
)

export const toAiRequest = (record: AiRequestRecord) => ({
  id: record.id,
  execution_id: record.executionId,
  provider: record.provider,
  model: record.model,
  endpoint: record.endpoint,
  request_json: record.requestJson,
  response_json: record.responseJson,
  status: record.status,
  error_message: record.errorMessage,
  input_tokens: record.inputTokens,
  output_tokens: record.outputTokens,
  duration_ms: record.durationMs,
  created_at: record.createdAt
})

export const EmailRequest = Type.Object(
  {
    id: Type.String(),
    execution_id: Type.String(),
    from: Type.String(),
    to: Type.Array(Type.String()),
    subject: Type.String(),
    has_text: Type.Boolean(),
    has_html: Type.Boolean(),
    request_json: Type.String({ description: 'Empty when the key was missing.' }),
    response_json: Type.Optional(Type.String()),
    email_id: Type.Optional(Type.String({ description: 'Absent on error.' })),
    ...outcome
  },
  {
    title: 'EmailRequest',
    examples: [
      {
        id: 'd2c1vb9o5a6c4g1k2m20',
        execution_id: 'd2c1vb9o5a6c4g1k2m0t',
        from: 'robot@example.org',
        to: ['ann@example.org'],
        subject: 'Report',
        has_text: true,
        has_html: false,
        request_json:
          '{"from":"robot@example.org","subject":"Report","text":"All is well.","to":["ann@example.org"]}',
        response_json: '{"id":"4ef9a417-02e9-4d39-ad75-9611e0fcc33c"}',
        email_id: '4ef9a417-02e9-4d39-ad75-9611e0fcc33c',
        status: 'success',
        duration_ms: 210,
        created_at: 1767225600
      }
    ]
  }
)

export const toEmailRequest = (record: EmailRequestRecord) => ({
  id: record.id,
  execution_id: record.executionId,
  from: record.from,
  to: [...record.to],
  subject: record.subject,
  has_text: record.hasText,
  has_html: record.hasHtml,
  request_json: record.requestJson,
  response_json: record.responseJson,
  status: record.status,
  error_message: record.errorMessage,
  email_id: record.emailId,
  duration_ms: record.durationMs,
  created_at: record.createdAt
})

export const httpRequestExample = {
  id: 'd2c1vb9o5a6c4g1k2m30',
  execution_id: 'd2c1vb9o5a6c4g1k2m0t',
  method: 'GET',
  url: 'https://api.example.org/items?page=2&token=[REDACTED]',
  status_code: 200,
  request_size: 0,
  response_size: 5120,
  status: 'success',
  duration_ms: 84,
  created_at: 1767225600
}

export const HttpRequest = Type.Object(
  {
    id: Type.String(),
    execution_id: Type.String(),
    method: Type.String(),
    url: Type.String({
      description: 'With its query; credentials masked, no more than 2048 characters.'
    }),
    status_code: Type.Optional(Type.Integer({ description: 'Absent without a reply.' })),
    request_size: Type.Integer({ minimum: 0, description: 'Bytes of the body.' }),
    response_size: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Bytes of the body, unpacked; absent without a reply.'
      })
    ),
    ...outcome,
    status: Type.Enum(['success', 'error'], {
      description: '`success` when a reply came, whatever its status code.'
    })
  },
  {
    title: 'HttpRequest',
    examples: [httpRequestExample]
  }
)

export const toHttpRequest = (record: HttpRequestRecord) => ({
  id: record.id,
  execution_id: record.executionId,
  method: record.method,
  url: record.url,
  status_code: record.statusCode,
  request_size: record.requestSize,
  response_size: record.responseSize,
  status: record.status,
  error_message: record.errorMessage,
  duration_ms: record.durationMs,
  created_at: record.createdAt
})
