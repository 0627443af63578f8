import { monthNames, weekdayNames } from '../../../core/base/english-dates.js'
import type { Element } from './layout.js'
import type { Reader } from './reader.js'
import { readOffset, readZoneName } from './zone.js'

/** What was read; what the layout does not have stays at its default. */
export interface Fields {
  year: number
  month?: number
  day?: number
  yearDay?: number
  hour: number
  minute: number
  second: number
  afternoon?: boolean
  /** Seconds east of UTC. */
  offset: number
}

const monthsShort = monthNames.map(name => name.slice(0, 3))
const weekdaysShort = weekdayNames.map(name => name.slice(0, 3))
const TWO = [2, 2] as const
const ONE_OR_TWO = [1, 2] as const

type Read = (reader: Reader, fields: Fields, shown: string) => void

const month =
  (digits: readonly [number, number]): Read =>
  (reader, fields) => {
    fields.month = reader.within(1, 12, digits, 'month')
  }
// Whether the day exists in its month is known at the end.
const day =
  (digits: readonly [number, number]): Read =>
  (reader, fields) => {
    fields.day = reader.number(...digits, 'day')
  }
const hour12 =
  (digits: readonly [number, number]): Read =>
  (reader, fields) => {
    fields.hour = reader.within(0, 12, digits, 'hour')
  }
const minute =
  (digits: readonly [number, number]): Read =>
  (reader, fields) => {
    fields.minute = reader.within(0, 59, digits, 'minute')
  }
const second =
  (digits: readonly [number, number]): Read =>
  (reader, fields) => {
    fields.second = reader.within(0, 59, digits, 'second')
  }

const half =
  (am: string, pm: string): Read =>
  (reader, fields) => {
    const text = reader.take(2)
    if (text !== am && text !== pm) throw reader.failure(`${am} or ${pm} is missing`)
    fields.afternoon = text === pm
  }

export const readers: { readonly [E in Element]: Read } = {
  year: (reader, fields) => {
    fields.year = reader.number(4, 4, 'year')
  },
  year2: (reader, fields) => {
    const year = reader.number(2, 2, 'year')
    fields.year = year + (year >= 69 ? 1900 : 2000)
  },
  monthName: (reader, fields) => {
    fields.month = reader.name(monthNames, 'month') + 1
  },
  monthShort: (reader, fields) => {
    fields.month = reader.name(monthsShort, 'month') + 1
  },
  month2: month(TWO),
  month1: month(ONE_OR_TWO),
  day2: day(TWO),
  day1: day(ONE_OR_TWO),
  dayBlank: (reader, fields, shown) => {
    reader.skipBlank()
    day(ONE_OR_TWO)(reader, fields, shown)
  },
  yearDay3: (reader, fields) => {
    fields.yearDay = reader.number(3, 3, 'day of the year')
  },
  yearDayBlank: (reader, fields) => {
    reader.skipBlank()
    reader.skipBlank()
    fields.yearDay = reader.number(1, 3, 'day of the year')
  },
  weekdayName: reader => {
    reader.name(weekdayNames, 'weekday')
  },
  weekdayShort: reader => {
    reader.name(weekdaysShort, 'weekday')
  },
  hour: (reader, fields) => {
    fields.hour = reader.within(0, 23, ONE_OR_TWO, 'hour')
  },
  hour12of2: hour12(TWO),
  hour12: hour12(ONE_OR_TWO),
  PM: half('AM', 'PM'),
  pm: half('am', 'pm'),
  minute2: minute(TWO),
  minute1: minute(ONE_OR_TWO),
  second2: second(TWO),
  second1: second(ONE_OR_TWO),
  fixedFraction: (reader, _, shown) => {
    if (
      !/^[.,]\d+$/.test(reader.peek(shown.length)) ||
      reader.take(shown.length).length !== shown.length
    ) {
      throw reader.failure('the fraction is missing')
    }
  },
  openFraction: reader => {
    reader.skipFraction()
  },
  zoneName: (reader, fields) => {
    fields.offset = readZoneName(reader)
  },
  zone: (reader, fields, shown) => {
    fields.offset = readOffset(reader, shown)
  }
}
