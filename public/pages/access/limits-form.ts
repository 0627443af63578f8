/** How often and how much, as a form holds it. */
import type { LuaFunction, RateLimit } from '../../api/types.js'
import { parseSize, toSizeText } from '../../format/size-text.js'

export const counts = ['max_concurrency', 'timeout_seconds', 'memory_mb'] as const
export const sizes = ['body_limit', 'kv_bytes', 'history_bytes'] as const
export const limitNames = [...counts, ...sizes] as const
export type LimitName = (typeof limitNames)[number]

export interface LimitsForm {
  /** Calls; empty for no limit. */
  requests: string
  seconds: string
  by: string
  /** As typed; empty for the server's own. */
  numbers: Record<LimitName, string>
}

export const subjects = ['ip', 'caller', 'function'] as const

const isSize = (name: LimitName): boolean => (sizes as readonly string[]).includes(name)

const toText = (name: LimitName, value: number): string => {
  if (value === 0) return ''
  return isSize(name) ? toSizeText(value) : String(value)
}

export const toNumbers = (values: Partial<Record<LimitName, number>>): LimitsForm['numbers'] =>
  Object.fromEntries(limitNames.map(name => [name, toText(name, values[name] ?? 0)])) as Record<
    LimitName,
    string
  >

export const toLimitsForm = (fn: LuaFunction): LimitsForm => ({
  requests: String(fn.rate_limit?.requests ?? ''),
  seconds: String(fn.rate_limit?.seconds ?? 60),
  by: fn.rate_limit?.by ?? 'ip',
  numbers: toNumbers(fn)
})

/** As the management API takes it; `{}` for none. */
export function toRateLimit({ requests, seconds, by }: LimitsForm): RateLimit | object {
  if (requests.trim() === '') return {}
  return { requests: Number(requests), seconds: Number(seconds), by }
}

/** 0 for what is not set; undefined for what is no number. */
export function toNumber(name: LimitName, text: string): number | undefined {
  if (isSize(name)) return parseSize(text)
  const value = Number(text.trim())
  return Number.isFinite(value) ? value : undefined
}
