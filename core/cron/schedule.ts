/**
 * Cron schedules with five fields and an optional leading `CRON_TZ=Zone ` or `TZ=Zone `.
 *
 * A schedule is due in every minute whose wall clock reading, in its zone, fits. So when clocks go forward a
 * time that is skipped does not run that day, and when they go back a time that comes twice runs twice.
 *
 * The fields are checked and expanded here; croner searches the calendar with them, in UTC, where no hour is
 * missing. Its own treatment of clock changes and of `?`, `L`, `W`, `#` differs from ours and is never reached.
 */
import { Cron } from 'croner'
import { parseField, type Field, type FieldRule } from './field.js'
import { findZone, type Zone } from './zone.js'

export interface Schedule {
  readonly zone: Zone
  /** Searches the wall clock, read as if it were UTC; undefined for a date that no calendar has. */
  readonly calendar: Cron | undefined
}

const rules = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
  },
  { name: 'weekday', min: 0, max: 6, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] }
] as const satisfies readonly FieldRule[]

const MAX_MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const FIVE_YEARS = 5 * 366 * 86_400_000

/** Reads a schedule. Throws an Error whose message says what is wrong, to follow "invalid cron expression: ". */
export function parseSchedule(text: string): Schedule {
  const [, zoneName, expression = ''] = /^\s*(?:(?:CRON_)?TZ=(\S*))?(.*)$/s.exec(text) ?? []
  const zone = findZone(zoneName)
  const parts = expression.split(/\s+/).filter(part => part !== '')
  if (parts[0]?.startsWith('@') === true) {
    throw new Error(`"${parts[0]}" is not supported; write five fields such as "0 0 * * *"`)
  }
  if (parts.length !== rules.length) {
    throw new Error(`expected 5 fields (minute hour day month weekday), found ${parts.length}`)
  }
  const fields = rules.map((rule, i) => parseField(parts[i] ?? '', rule))
  return {
    zone,
    calendar: canCome(fields)
      ? new Cron(fields.map(toCroner).join(' '), { mode: '5-part', timezone: 'UTC' })
      : undefined
  }
}

/**
 * The first `count` times that the schedule is due strictly after `from` (Unix milliseconds), in Unix seconds.
 * Looks five years ahead; gives fewer, or none, when there are no more until then.
 */
export function nextRuns({ zone, calendar }: Schedule, from: number, count: number): number[] {
  const runs: number[] = []
  if (calendar === undefined) return runs
  let start = Math.floor(from / 1000) * 1000 + 1000
  while (runs.length < count && start - from <= FIVE_YEARS) {
    const { offset, until } = zone.periodAt(start)
    const reading = calendar.nextRun(new Date(start + offset - 1000))
    if (reading === null) break
    const due = reading.getTime() - offset
    if (due < until) {
      if (due - from <= FIVE_YEARS) runs.push(due / 1000)
      start = due + 1000
    } else {
      start = until
    }
  }
  return runs
}

/** False when only days are wanted that none of the months has, such as 30 February. */
function canCome([, , day, month, weekday]: readonly Field[]): boolean {
  const first = day?.values[0] ?? 1
  return (
    weekday?.restricted === true ||
    month?.values.some(value => first <= (MAX_MONTH_DAYS[value - 1] ?? 31)) === true
  )
}

function toCroner(field: Field): string {
  return field.restricted ? field.values.join(',') : '*'
}
