/** Numbers, times and sizes as the reader's language writes them. All follow the language and the clock. */
import { Alpine, store } from '../alpine.js'
import { language, t } from '../i18n/locale.js'

const clock = store('clock', { now: Date.now() / 1000 })

/** Keeps "3 minutes ago" true. */
export const startClock = (): void => {
  setInterval(() => {
    clock.now = Date.now() / 1000
  }, 15_000)
}

const number = (value: number): string => new Intl.NumberFormat(language.locale).format(value)

function dateTime(seconds: number): string {
  return new Intl.DateTimeFormat(language.locale, {
    dateStyle: 'medium',
    timeStyle: 'medium'
  }).format(seconds * 1000)
}

/** Time of day alone, for lists of one run. */
function timeOfDay(seconds: number): string {
  return new Intl.DateTimeFormat(language.locale, { timeStyle: 'medium' }).format(seconds * 1000)
}

/** With weekday and zone, for times to come. */
function fullDate(seconds: number): string {
  return new Intl.DateTimeFormat(language.locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short'
  }).format(seconds * 1000)
}

const steps: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60]
]

/** "3 minutes ago", "in 2 hours", "just now". */
function relative(seconds: number): string {
  const distance = seconds - Math.max(clock.now, Date.now() / 1000)
  for (const [unit, length] of steps) {
    if (Math.abs(distance) >= length) {
      return new Intl.RelativeTimeFormat(language.locale, { numeric: 'auto' }).format(
        Math.trunc(distance / length),
        unit
      )
    }
  }
  return distance > 0 ? t('time.soon') : t('time.now')
}

function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${number(Math.round(milliseconds))} ms`
  if (milliseconds < 60_000) {
    return `${new Intl.NumberFormat(language.locale, { maximumFractionDigits: 1 }).format(milliseconds / 1000)} s`
  }
  return `${number(Math.floor(milliseconds / 60_000))} min ${number(Math.round((milliseconds % 60_000) / 1000))} s`
}

function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB']
  let size = count
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  const digits = { maximumFractionDigits: unit === 0 ? 0 : 1 }
  return `${new Intl.NumberFormat(language.locale, digits).format(size)} ${units[unit]}`
}

/** "A, B and C". */
const list = (items: readonly string[]): string =>
  new Intl.ListFormat(language.locale, { type: 'conjunction' }).format(items)

export const format = { number, list, dateTime, timeOfDay, fullDate, relative, duration, bytes }

/** `$f.relative(…)` in markup. */
export const installFormats = (): void => {
  Alpine.magic('f', () => format)
}
