/** Alerts as the API shows and takes them. */
import { Type } from 'typebox'
import { alertKinds, webhookFormats, type AlertRule } from '../../core/contracts/alerts.js'
import { pageOf } from '../../core/http/pagination.js'
import { shownTarget, numbers } from './fields.js'
import type { RuleWatch } from './rule-watch.js'

const example = {
  id: 'd2c1v7h8e9k0m3n4p5r0',
  name: 'shop fails',
  on: 'failure',
  function_id: 'd2c1v7h8e9k0m3n4p5q6',
  enabled: true,
  threshold: 3,
  window_minutes: 5,
  late_minutes: 60,
  min_free_mb: 1024,
  repeat_minutes: 60,
  target: { kind: 'webhook', url: 'https://hooks.slack.com/…', format: 'slack', headers: {} },
  state: 'ok',
  count: 0,
  created_at: 1767225600,
  updated_at: 1767225600
}

const number = (name: keyof typeof numbers, description: string) => {
  const { min, max, fallback } = numbers[name]
  return Type.Integer({ description: `${description} ${min} to ${max}; ${fallback} if left out.` })
}

const fields = {
  name: Type.String({ description: 'For people.' }),
  on: Type.String({
    description:
      `One of ${alertKinds.map(kind => `\`${kind}\``).join(', ')}: an execution failed (an error, or an answer from ` +
      '500 on), a job failed for good, a schedule has not succeeded for long, calls were turned away, little room ' +
      'on the disk.'
  }),
  function_id: Type.String({ description: 'Only of this function; empty: of all.' }),
  enabled: Type.Boolean({ description: 'True if left out.' }),
  threshold: number(
    'threshold',
    '`failure`, `job_dead`, `queue_full`: how many within the window.'
  ),
  window_minutes: number('window_minutes', 'That window; also after how long without it is over.'),
  late_minutes: number('late_minutes', '`schedule_late`: how long without a success.'),
  min_free_mb: number('min_free_mb', '`disk_low`: MiB that are to stay free.'),
  repeat_minutes: number(
    'repeat_minutes',
    'After a message about trouble, the time without another one.'
  )
}

const target = {
  kind: Type.String({ description: '`webhook`, `mail` or `function`.' }),
  url: Type.Optional(
    Type.String({
      description:
        'Of a webhook, which may be on the inner network. Shown without what follows the host.'
    })
  ),
  format: Type.Optional(
    Type.String({
      description: `Of a webhook: ${webhookFormats.map(name => `\`${name}\``).join(', ')}; \`json\` if left out.`
    })
  ),
  headers: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Of a webhook: headers to send. Values are shown as `[REDACTED]`.'
    })
  ),
  to: Type.Optional(
    Type.Array(Type.String(), { description: 'Of mail, which needs `SMTP_URL` and `MAIL_FROM`.' })
  ),
  function_id: Type.Optional(
    Type.String({ description: 'The function that is called, by a job with the trigger `alert`.' })
  )
}

const seconds = (description: string) =>
  Type.Optional(Type.Integer({ description: `${description} Unix seconds; absent: never.` }))

export const AlertId = Type.String({
  description: 'Id of the alert.',
  examples: ['d2c1v7h8e9k0m3n4p5r0']
})

export const Alert = Type.Object(
  {
    id: Type.String(),
    ...fields,
    function_id: Type.Optional(fields.function_id),
    target: Type.Object(target),
    state: Type.Enum(['ok', 'firing']),
    since: seconds('Since when it is in that state.'),
    count: Type.Integer({
      minimum: 0,
      description: 'What it counted since it last began to fire.'
    }),
    last_sent_at: seconds('When it last told of trouble.'),
    last_delivered_at: seconds('When a message was last delivered.'),
    last_error: Type.Optional(
      Type.String({ description: 'Why the last delivery failed; absent after one that did not.' })
    ),
    created_at: Type.Integer({ description: 'Unix seconds.' }),
    updated_at: Type.Integer({ description: 'Unix seconds.' })
  },
  { title: 'Alert', examples: [example] }
)

export const AlertPage = Type.Object(
  { ...pageOf('alerts', Alert).properties },
  {
    title: 'AlertPage',
    examples: [{ alerts: [example], pagination: { total: 1, limit: 20, offset: 0 } }]
  }
)

const optional = {
  name: Type.Optional(fields.name),
  on: Type.Optional(fields.on),
  function_id: Type.Optional(fields.function_id),
  enabled: Type.Optional(fields.enabled),
  threshold: Type.Optional(fields.threshold),
  window_minutes: Type.Optional(fields.window_minutes),
  late_minutes: Type.Optional(fields.late_minutes),
  min_free_mb: Type.Optional(fields.min_free_mb),
  repeat_minutes: Type.Optional(fields.repeat_minutes),
  target: Type.Optional(Type.Object({ ...target, kind: Type.Optional(target.kind) }))
}

const bodyExample = {
  name: 'shop fails',
  on: 'failure',
  threshold: 3,
  target: { kind: 'webhook', url: 'https://hooks.slack.com/services/…', format: 'slack' }
}

export const NewAlert = Type.Object(optional, { examples: [bodyExample] })
export const AlertChange = Type.Object(optional, { examples: [{ enabled: false }] })

export const TestResult = Type.Object(
  {
    sent: Type.Boolean({ description: 'Whether it was delivered, or a job will deliver it.' }),
    error: Type.Optional(Type.String({ description: 'Why not.' })),
    job_id: Type.Optional(Type.String({ description: 'The job, where a function is called.' }))
  },
  { title: 'AlertTest', examples: [{ sent: true }] }
)

/** What people set but for the target, named as the API names it. */
export const toRuleFields = (rule: AlertRule) => ({
  name: rule.name,
  on: rule.on,
  function_id: rule.functionId,
  enabled: rule.enabled,
  threshold: rule.threshold,
  window_minutes: rule.windowMinutes,
  late_minutes: rule.lateMinutes,
  min_free_mb: rule.minFreeMb,
  repeat_minutes: rule.repeatMinutes
})

export const toAlert = ({ id, rule, state, createdAt, updatedAt }: RuleWatch) => ({
  id,
  ...toRuleFields(rule),
  target: shownTarget(rule.target) as { kind: string },
  state: state.isFiring ? ('firing' as const) : ('ok' as const),
  since: timeOf(state.since),
  count: state.count,
  last_sent_at: timeOf(state.toldAt),
  last_delivered_at: timeOf(state.deliveredAt),
  last_error: state.error,
  created_at: Math.floor(createdAt / 1000),
  updated_at: Math.floor(updatedAt / 1000)
})

const timeOf = (ms: number | undefined): number | undefined =>
  ms === undefined || ms === 0 ? undefined : Math.floor(ms / 1000)
