/** Rules as people write them, checked; and as they are shown, without what is secret. */
import {
  alertKinds,
  webhookFormats,
  type AlertRule,
  type AlertTarget,
  type WebhookTarget
} from '../../core/contracts/alerts.js'
import { isHttpToken } from '../../core/base/http-token.js'
import { REDACTED } from '../../core/masking/event.js'
import { checkGivenName } from '../../core/validation/given-name.js'
import { refuse } from '../../core/validation/text.js'

export interface GivenTarget {
  readonly kind?: string
  readonly url?: string
  readonly format?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly to?: readonly string[]
  readonly function_id?: string
}

export interface GivenRule {
  readonly name?: string
  readonly on?: string
  readonly function_id?: string
  readonly enabled?: boolean
  readonly threshold?: number
  readonly window_minutes?: number
  readonly late_minutes?: number
  readonly min_free_mb?: number
  readonly repeat_minutes?: number
  readonly target?: GivenTarget
}

const DAY = 24 * 60
const MAX_URL = 2000
const MAX_HEADERS = 20
const MAX_HEADER_BYTES = 2000
/** Set by the server. */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade'
])
const MAX_RECIPIENTS = 20
const MAX_ADDRESS = 254

/** Of each number: its least, its greatest, and what it is where nothing is said. */
export const numbers = {
  threshold: { min: 1, max: 1000, fallback: 1 },
  window_minutes: { min: 1, max: DAY, fallback: 5 },
  late_minutes: { min: 1, max: 366 * DAY, fallback: 60 },
  min_free_mb: { min: 1, max: 1024 ** 2, fallback: 1024 },
  repeat_minutes: { min: 1, max: 30 * DAY, fallback: 60 }
} as const

/** What is left out stays as it is in `before`, or is as by default. Throws VALIDATION. */
export function readRule(given: GivenRule, before?: AlertRule): AlertRule {
  const on = given.on ?? before?.on
  const functionId = given.function_id ?? before?.functionId
  const rule: AlertRule = {
    name: readName(given.name ?? before?.name ?? ''),
    on: alertKinds.find(kind => kind === on) ?? refuseChoice('on', alertKinds),
    functionId: functionId === '' ? undefined : functionId,
    enabled: given.enabled ?? before?.enabled ?? true,
    threshold: readNumber(given, 'threshold', before?.threshold),
    windowMinutes: readNumber(given, 'window_minutes', before?.windowMinutes),
    lateMinutes: readNumber(given, 'late_minutes', before?.lateMinutes),
    minFreeMb: readNumber(given, 'min_free_mb', before?.minFreeMb),
    repeatMinutes: readNumber(given, 'repeat_minutes', before?.repeatMinutes),
    target: readTarget(given.target, before?.target)
  }
  if (rule.on === 'disk_low' && rule.functionId !== undefined) {
    refuse('function_id', 'function_id must be empty for disk_low, which is about the server')
  }
  return rule
}

function readName(name: string): string {
  checkGivenName(name)
  return name
}

function readNumber(
  given: GivenRule,
  name: keyof typeof numbers,
  before: number | undefined
): number {
  const { min, max, fallback } = numbers[name]
  const value = given[name] ?? before ?? fallback
  if (value < min || value > max) {
    refuse(name, `${name} must be a whole number from ${min} to ${max}`)
  }
  return value
}

function readTarget(given: GivenTarget | undefined, before: AlertTarget | undefined): AlertTarget {
  if (given === undefined) return before ?? refuse('target', 'target is needed')
  switch (given.kind) {
    case 'webhook':
      return readWebhook(given, before?.kind === 'webhook' ? before : undefined)
    case 'mail':
      return { kind: 'mail', to: readRecipients(given.to ?? []) }
    case 'function':
      return {
        kind: 'function',
        functionId:
          given.function_id ?? refuse('target', 'target.function_id names the function to call')
      }
    default:
      return refuseChoice('target.kind', ['webhook', 'mail', 'function'])
  }
}

function readWebhook(given: GivenTarget, before: WebhookTarget | undefined): WebhookTarget {
  const { format = before?.format ?? 'json' } = given
  return {
    kind: 'webhook',
    url: readUrl(given.url, before),
    format:
      webhookFormats.find(known => known === format) ??
      refuseChoice('target.format', webhookFormats),
    headers: readHeaders(given.headers, before)
  }
}

/** As it is shown, it stands for the one that is kept. */
function readUrl(given: string | undefined, before: WebhookTarget | undefined): string {
  const url = given ?? before?.url ?? ''
  if (before !== undefined && url === hideUrl(before.url)) return before.url
  const parsed = url.length > MAX_URL ? null : URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    refuse('target', `target.url must be an http or https address of at most ${MAX_URL} characters`)
  }
  if (parsed.username !== '' || parsed.password !== '') {
    refuse('target', 'target.url must have no user and password; send them as a header')
  }
  return url
}

function readHeaders(
  given: GivenTarget['headers'],
  before: WebhookTarget | undefined
): Record<string, string> {
  if (given === undefined) return { ...before?.headers }
  const entries = Object.entries(given)
  if (entries.length > MAX_HEADERS) {
    refuse('target', `target.headers cannot be more than ${MAX_HEADERS}`)
  }
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (!isHttpToken(name) || ownHeaders.has(name.toLowerCase())) {
        refuse('target', `target.headers: '${name}' is no name of a header that can be set`)
      }
      const kept = value === REDACTED ? before?.headers[name] : value
      if (kept === undefined || kept.length > MAX_HEADER_BYTES || !/^[\t\x20-\x7e]*$/.test(kept)) {
        refuse('target', `target.headers: the value of '${name}' cannot be sent`)
      }
      return [name, kept]
    })
  )
}

function readRecipients(to: readonly string[]): readonly string[] {
  if (to.length === 0 || to.length > MAX_RECIPIENTS) {
    refuse('target', `target.to must have 1 to ${MAX_RECIPIENTS} addresses`)
  }
  for (const address of to) {
    // One address and nothing else: no list, no name, no line break.
    if (address.length > MAX_ADDRESS || !/^[^\s@,;<>"()]+@[^\s@,;<>"()]+$/.test(address)) {
      refuse('target', `target.to: '${address.slice(0, 100)}' is no mail address`)
    }
  }
  return [...to]
}

const refuseChoice = (field: string, choices: readonly string[]): never =>
  refuse(field, `${field} must be one of: [${choices.join(' ')}]`)

/** Host and scheme; what follows is what opens it. */
function hideUrl(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? REDACTED : `${parsed.origin}/…`
}

/** The target without its secrets. */
export function shownTarget(target: AlertTarget): GivenTarget {
  switch (target.kind) {
    case 'webhook': {
      const { kind, url, format, headers } = target
      const hidden = Object.fromEntries(Object.keys(headers).map(name => [name, REDACTED]))
      return { kind, url: hideUrl(url), format, headers: hidden }
    }
    case 'mail':
      return target
    case 'function':
      return { kind: 'function', function_id: target.functionId }
  }
}
