/** A rule for alerts, as a form holds it. */
import type { AlertRule, AlertTarget } from '../../api/alerts.js'

export const kinds = ['failure', 'job_dead', 'schedule_late', 'queue_full', 'disk_low'] as const
export const targetKinds = ['webhook', 'mail', 'function'] as const
export const formats = ['json', 'slack', 'discord', 'ntfy'] as const

export interface AlertForm {
  name: string
  on: string
  /** Empty: all functions. */
  functionId: string
  threshold: string
  windowMinutes: string
  lateMinutes: string
  minFreeMb: string
  repeatMinutes: string
  target: string
  url: string
  format: string
  /** `Name: value` in each line. */
  headers: string
  /** An address in each line. */
  to: string
  targetFunction: string
}

const standard: AlertRule = {
  name: '',
  on: 'failure',
  enabled: true,
  threshold: 1,
  window_minutes: 5,
  late_minutes: 60,
  min_free_mb: 1024,
  repeat_minutes: 60,
  target: { kind: 'webhook' }
}

export function toAlertForm(rule: AlertRule = standard): AlertForm {
  const {
    kind,
    url = '',
    format = 'json',
    headers = {},
    to = [],
    function_id: id = ''
  } = rule.target
  return {
    name: rule.name,
    on: rule.on,
    functionId: rule.function_id ?? '',
    threshold: String(rule.threshold),
    windowMinutes: String(rule.window_minutes),
    lateMinutes: String(rule.late_minutes),
    minFreeMb: String(rule.min_free_mb),
    repeatMinutes: String(rule.repeat_minutes),
    target: kind,
    url,
    format,
    headers: Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    to: to.join('\n'),
    targetFunction: id
  }
}

/** Whether it is about something that is counted in a time. */
export const isCounted = (on: string): boolean => ['failure', 'job_dead', 'queue_full'].includes(on)

function toTarget(form: AlertForm): AlertTarget {
  if (form.target === 'mail') {
    return { kind: 'mail', to: form.to.split(/[\s,;]+/).filter(Boolean) }
  }
  if (form.target === 'function') return { kind: 'function', function_id: form.targetFunction }
  const lines = form.headers.split('\n').filter(line => line.trim() !== '')
  return {
    kind: 'webhook',
    url: form.url.trim(),
    format: form.format,
    headers: Object.fromEntries(
      lines.map(line => {
        const [name = '', ...value] = line.split(':')
        return [name.trim(), value.join(':').trim()]
      })
    )
  }
}

/** As the management API takes it: only the numbers that the kind of rule looks at. */
export function toRule(form: AlertForm): object {
  const { on } = form
  return {
    name: form.name.trim(),
    on,
    function_id: on === 'disk_low' ? '' : form.functionId,
    ...(isCounted(on)
      ? { threshold: Number(form.threshold), window_minutes: Number(form.windowMinutes) }
      : {}),
    ...(on === 'schedule_late' ? { late_minutes: Number(form.lateMinutes) } : {}),
    ...(on === 'disk_low' ? { min_free_mb: Number(form.minFreeMb) } : {}),
    repeat_minutes: Number(form.repeatMinutes),
    target: toTarget(form)
  }
}

/** The field of the form that the server's words are about; '' for the whole form. */
export function findField(said: string): string {
  const [, field = '', part = ''] = /^(\w+)(?:\.\w+)?: (?:target\.)?(\w+)/.exec(said) ?? []
  if (field !== 'target') return field === 'function' ? '' : field
  if (part === 'function_id') return 'targetFunction'
  return ['url', 'headers', 'to'].includes(part) ? part : ''
}
