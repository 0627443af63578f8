/** AI and e-mail requests of an execution, as one kind of thing to show. */
import { getAiRequests, getEmailRequests } from '../../../api/executions.js'
import { tn } from '../../../i18n/locale.js'

export interface Outgoing {
  id: string
  icon: 'spark' | 'mail'
  title: string
  hint: string
  good: boolean
  error: string
  durationMs: number
  sent: string
  received: string
}

export async function listOutgoing(executionId: string): Promise<Outgoing[]> {
  const [ai, email] = await Promise.all([getAiRequests(executionId), getEmailRequests(executionId)])
  const common = (item: {
    id: string
    status: string
    error_message?: string
    duration_ms: number
    request_json: string
    response_json?: string
  }) => ({
    id: item.id,
    good: item.status === 'success',
    error: item.error_message ?? '',
    durationMs: item.duration_ms,
    sent: item.request_json,
    received: item.response_json ?? ''
  })
  return [
    ...(ai.ai_requests ?? []).map((item): Outgoing => ({
      ...common(item),
      icon: 'spark',
      title: `${item.provider} · ${item.model}`,
      hint: tn('execution.tokens', (item.input_tokens ?? 0) + (item.output_tokens ?? 0))
    })),
    ...(email.email_requests ?? []).map((item): Outgoing => ({
      ...common(item),
      icon: 'mail',
      title: item.subject,
      hint: item.to.join(', ')
    }))
  ]
}
