import { monthNames, weekdayNames } from '../../../core/base/english-dates.js'
import { toCivil, type CivilTime } from './calendar.js'
import { parseLayout, type Element } from './layout.js'

/** The moment, in Unix seconds, written in UTC as the layout shows. */
export function formatTime(seconds: number, layout: string): string {
  const time = toCivil(seconds)
  let text = ''
  for (const { literal, element, text: shown } of parseLayout(layout)) {
    text += literal + (element === undefined ? '' : writers[element](time, shown))
  }
  return text
}

const digits = (value: number, width: number, fill = '0'): string =>
  (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(width, fill)
const hour12 = ({ hour }: CivilTime): number => (hour % 12 === 0 ? 12 : hour % 12)

const writers: { readonly [E in Element]: (time: CivilTime, shown: string) => string } = {
  year: ({ year }) => digits(year, 4),
  year2: ({ year }) => digits(Math.max(0, year) % 100, 2),
  monthName: ({ month }) => monthNames[month - 1] ?? '',
  monthShort: ({ month }) => (monthNames[month - 1] ?? '').slice(0, 3),
  month2: ({ month }) => digits(month, 2),
  month1: ({ month }) => digits(month, 1),
  day2: ({ day }) => digits(day, 2),
  day1: ({ day }) => digits(day, 1),
  dayBlank: ({ day }) => digits(day, 2, ' '),
  yearDay3: ({ yearDay }) => digits(yearDay, 3),
  yearDayBlank: ({ yearDay }) => digits(yearDay, 3, ' '),
  weekdayName: ({ weekday }) => weekdayNames[weekday] ?? '',
  weekdayShort: ({ weekday }) => (weekdayNames[weekday] ?? '').slice(0, 3),
  hour: ({ hour }) => digits(hour, 2),
  hour12of2: time => digits(hour12(time), 2),
  hour12: time => digits(hour12(time), 1),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
  minute2: ({ minute }) => digits(minute, 2),
  minute1: ({ minute }) => digits(minute, 1),
  second2: ({ second }) => digits(second, 2),
  second1: ({ second }) => digits(second, 1),
  // Moments are whole seconds, so that a fraction has noughts only.
  fixedFraction: (_, shown) => shown,
  openFraction: () => '',
  zoneName: () => 'UTC',
  zone: (_, shown) => (shown.startsWith('Z') ? 'Z' : `+${shown.slice(1).replace('7', '0')}`)
}
