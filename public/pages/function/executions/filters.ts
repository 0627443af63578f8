/** What a list of executions is narrowed by, and whether a new one belongs to it. */
import type { ExecutionFilters } from '../../../api/executions.js'
import type { Execution } from '../../../api/types.js'

export const ranges = ['all', 'hour', 'day', 'week', 'custom'] as const
export type Range = (typeof ranges)[number]
export const isRange = (text: string): text is Range => (ranges as readonly string[]).includes(text)
const seconds: Readonly<Partial<Record<Range, number>>> = {
  hour: 3_600,
  day: 86_400,
  week: 604_800
}

/** Ways to fail that are chosen as a status is. */
const failureKinds = ['timeout', 'memory'] as const
const isFailureKind = (text: string): boolean => (failureKinds as readonly string[]).includes(text)

export interface Chosen {
  text: string
  status: string
  trigger: string
  version: string
}

const toSeconds = (local: string): number | undefined =>
  local === '' ? undefined : Math.floor(new Date(local).getTime() / 1000)

/** What the server is asked; `from` and `to` are the texts of date fields in the reader's time zone. */
export function toQuery(chosen: Chosen, range: Range, from: string, to: string): ExecutionFilters {
  const length = seconds[range]
  const since =
    range === 'custom'
      ? toSeconds(from)
      : length === undefined
        ? undefined
        : Math.floor(Date.now() / 1000) - length
  const until = range === 'custom' ? toSeconds(to) : undefined
  return {
    text: chosen.text.trim(),
    ...(isFailureKind(chosen.status)
      ? { status: 'error', error_kind: chosen.status }
      : { status: chosen.status }),
    trigger: chosen.trigger,
    version: chosen.version,
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { to: until })
  }
}

/** True when a new execution may be put at the head of the list. Text is searched by the server alone. */
export function belongs(
  execution: Execution,
  { text, status, error_kind: kind, trigger, version }: ExecutionFilters,
  range: Range
): boolean {
  return (
    text === '' &&
    range !== 'custom' &&
    (status === '' || status === execution.status) &&
    (kind === undefined || kind === execution.error?.kind) &&
    (trigger === '' || trigger === execution.trigger) &&
    (version === '' || Number(version) === execution.version)
  )
}
