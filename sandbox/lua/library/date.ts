/** Dates as strftime writes them, in English and in the process's time zone or UTC. */
import { ArgumentError, Raise } from '../errors.js'
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
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December'
]

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
      const text = formatField(e ?? o ?? plain ?? '', fields, seconds)
      if (text === undefined) throw new ArgumentError(1, `invalid conversion specifier '${whole}'`)
      return text
    }
  )
}

function formatField(letter: string, f: DateFields, seconds: number): string | undefined {
  const hour12 = f.hour % 12 === 0 ? 12 : f.hour % 12
  const also = (pattern: string): string => formatDate(pattern, f, seconds)
  switch (letter) {
    case 'a':
      return DAYS[f.wday - 1]?.slice(0, 3)
    case 'A':
      return DAYS[f.wday - 1]
    case 'b':
    case 'h':
      return MONTHS[f.month - 1]?.slice(0, 3)
    case 'B':
      return MONTHS[f.month - 1]
    case 'c':
      return also('%a %b %e %H:%M:%S %Y')
    case 'C':
      return pad(Math.floor(f.year / 100))
    case 'd':
      return pad(f.day)
    case 'D':
    case 'x':
      return also('%m/%d/%y')
    case 'e':
      return pad(f.day, 2, ' ')
    case 'F':
      return also('%Y-%m-%d')
    case 'g':
      return pad(isoWeek(f).year % 100)
    case 'G':
      return String(isoWeek(f).year)
    case 'H':
      return pad(f.hour)
    case 'I':
      return pad(hour12)
    case 'j':
      return pad(f.yday, 3)
    case 'm':
      return pad(f.month)
    case 'M':
      return pad(f.min)
    case 'n':
      return '\n'
    case 'p':
      return f.hour < 12 ? 'AM' : 'PM'
    case 'r':
      return also('%I:%M:%S %p')
    case 'R':
      return also('%H:%M')
    case 's':
      return String(seconds)
    case 'S':
      return pad(f.sec)
    case 't':
      return '\t'
    case 'T':
    case 'X':
      return also('%H:%M:%S')
    case 'u':
      return String(f.wday === 1 ? 7 : f.wday - 1)
    case 'U':
      return pad(Math.floor((f.yday + 7 - f.wday) / 7))
    case 'V':
      return pad(isoWeek(f).week)
    case 'w':
      return String(f.wday - 1)
    case 'W':
      return pad(Math.floor((f.yday + 7 - (f.wday === 1 ? 7 : f.wday - 1)) / 7))
    case 'y':
      return pad(((f.year % 100) + 100) % 100)
    case 'Y':
      return String(f.year)
    case 'z':
      return `${f.offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(f.offset) / 60))}${pad(Math.abs(f.offset) % 60)}`
    case 'Z':
      return f.utc ? 'GMT' : f.offset === 0 ? 'UTC' : also('%z')
    case '%':
      return '%'
    default:
      return undefined
  }
}

/** The week by ISO 8601: weeks begin on Monday and belong to the year of their Thursday. */
function isoWeek(f: DateFields): { year: number; week: number } {
  const thursday = new Date(
    Date.UTC(f.year, f.month - 1, f.day) + (4 - (f.wday === 1 ? 7 : f.wday - 1)) * DAY
  )
  const year = thursday.getUTCFullYear()
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY / 7) + 1 }
}

/** Fields of a date reach so far, as in PUC Lua: what C's `int` holds, with room for what is added. */
const LARGEST_FIELD = 2 ** 30 - 1

/** Seconds since 1970 of a table as os.date('*t') makes it, in local time; fields may be out of range. NaN for too far. */
export function timeFromFields(read: (name: string) => Value): number {
  const field = (name: string, fallback?: number): number => {
    const value = read(name)
    const n = typeof value === 'string' ? parseNumber(value) : value
    if (typeof n === 'number' && Number.isFinite(n)) {
      if (Math.abs(n) > LARGEST_FIELD) throw new Raise(`field '${name}' is out-of-bound`)
      return Math.trunc(n)
    }
    if (value !== undefined) throw new Raise(`field '${name}' is not an integer`)
    if (fallback === undefined) throw new Raise(`field '${name}' missing in date table`)
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
