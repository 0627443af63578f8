/** Dates as strftime writes them, in English and in the process's time zone or UTC. */
import { monthNames, weekdayNames } from '../../../core/base/english-dates.js'
import { ArgumentError, LuaThrow } from '../errors.js'
import { parseNumber } from '../number.js'
import type { Value } from '../value.js'

export interface DateFields {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly min: number
  readonly sec: number
  /** Sunday is 1. */
  readonly wday: number
  readonly yday: number
  readonly utc: boolean
  /** Minutes east of Greenwich. */
  readonly offset: number
}

const DAY = 86400000

export function dateFields(date: Date, utc: boolean): DateFields {
  const offset = utc ? 0 : -date.getTimezoneOffset()
  const local = new Date(date.getTime() + offset * 60000)
  const year = local.getUTCFullYear()
  return {
    year,
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    min: local.getUTCMinutes(),
    sec: local.getUTCSeconds(),
    wday: local.getUTCDay() + 1,
    yday:
      Math.floor(
        (Date.UTC(2000, local.getUTCMonth(), local.getUTCDate()) - Date.UTC(2000, 0, 1)) / DAY
      ) +
      1 -
      (isLeap(year) || local.getUTCMonth() < 2 ? 0 : 1),
    utc,
    offset
  }
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const pad = (n: number, width = 2, fill = '0'): string => String(n).padStart(width, fill)

export function formatDate(pattern: string, fields: DateFields, seconds: number): string {
  return pattern.replace(
    /%(?:E([cCxXyY])|O([deHImMSuUVwWy])|([\s\S]?))/g,
    (whole, e?: string, o?: string, plain?: string) => {
      const text = CONVERSIONS.get(e ?? o ?? plain ?? '')?.(fields, seconds)
      if (text === undefined) throw new ArgumentError(1, `invalid conversion specifier '${whole}'`)
      return text
    }
  )
}

type FormatField = (fields: DateFields, seconds: number) => string | undefined

/** A conversion that stands for several others. */
const same =
  (pattern: string): FormatField =>
  (fields, seconds) =>
    formatDate(pattern, fields, seconds)

const dayFromMonday = ({ wday }: DateFields): number => (wday === 1 ? 7 : wday - 1)
const hour12 = ({ hour }: DateFields): number => (hour % 12 === 0 ? 12 : hour % 12)

/** The conversions of strftime by their letter. */
const CONVERSIONS: ReadonlyMap<string, FormatField> = new Map(
  Object.entries<FormatField>({
    a: f => weekdayNames[f.wday - 1]?.slice(0, 3),
    A: f => weekdayNames[f.wday - 1],
    b: f => monthNames[f.month - 1]?.slice(0, 3),
    B: f => monthNames[f.month - 1],
    c: same('%a %b %e %H:%M:%S %Y'),
    C: f => pad(Math.floor(f.year / 100)),
    d: f => pad(f.day),
    D: same('%m/%d/%y'),
    e: f => pad(f.day, 2, ' '),
    F: same('%Y-%m-%d'),
    g: f => pad(isoWeek(f).year % 100),
    G: f => String(isoWeek(f).year),
    h: same('%b'),
    H: f => pad(f.hour),
    I: f => pad(hour12(f)),
    j: f => pad(f.yday, 3),
    m: f => pad(f.month),
    M: f => pad(f.min),
    n: () => '\n',
    p: f => (f.hour < 12 ? 'AM' : 'PM'),
    r: same('%I:%M:%S %p'),
    R: same('%H:%M'),
    s: (_, seconds) => String(seconds),
    S: f => pad(f.sec),
    t: () => '\t',
    T: same('%H:%M:%S'),
    u: f => String(dayFromMonday(f)),
    U: f => pad(Math.floor((f.yday + 7 - f.wday) / 7)),
    V: f => pad(isoWeek(f).week),
    w: f => String(f.wday - 1),
    W: f => pad(Math.floor((f.yday + 7 - dayFromMonday(f)) / 7)),
    x: same('%m/%d/%y'),
    X: same('%H:%M:%S'),
    y: f => pad(((f.year % 100) + 100) % 100),
    Y: f => String(f.year),
    z: ({ offset }) => {
      const minutes = Math.abs(offset)
      return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`
    },
    Z: (f, seconds) => (f.utc ? 'GMT' : f.offset === 0 ? 'UTC' : formatDate('%z', f, seconds)),
    '%': () => '%'
  })
)

/** The week by ISO 8601: weeks begin on Monday and belong to the year of their Thursday. */
function isoWeek(f: DateFields): { year: number; week: number } {
  const thursday = new Date(Date.UTC(f.year, f.month - 1, f.day) + (4 - dayFromMonday(f)) * DAY)
  const year = thursday.getUTCFullYear()
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY / 7) + 1 }
}

/** The largest field of a date, as in PUC Lua: what C's `int` holds, with room for what is added. */
const MAX_FIELD = 2 ** 30 - 1

/**
 * Seconds since 1970 of a table as os.date('*t') makes it, in local time. Fields may be out of range; NaN for what is
 * beyond all dates.
 */
export function timeFromFields(read: (name: string) => Value): number {
  const field = (name: string, fallback?: number): number => {
    const value = read(name)
    const n = typeof value === 'string' ? parseNumber(value) : value
    if (typeof n === 'number' && Number.isFinite(n)) {
      if (Math.abs(n) > MAX_FIELD) throw new LuaThrow(`field '${name}' is out-of-bound`)
      return Math.trunc(n)
    }
    if (value !== undefined) throw new LuaThrow(`field '${name}' is not an integer`)
    if (fallback === undefined) throw new LuaThrow(`field '${name}' missing in date table`)
    return fallback
  }
  // In this order, so that of several mistakes the same one is named as in PUC Lua.
  const [sec, min, hour] = [field('sec', 0), field('min', 0), field('hour', 12)]
  const [day, month, year] = [field('day'), field('month'), field('year')]
  const moment = new Date(2000, 0, 1)
  moment.setFullYear(year, month - 1, day)
  moment.setHours(hour, min, sec)
  return Math.floor(moment.getTime() / 1000)
}
