import { daysInMonth, isLeap } from './calendar.js'
import type { Fields } from './read-elements.js'
import type { Reader } from './reader.js'

/** Month and day of the day of the year; a month or day that was read too must be the same. */
export function toMonthAndDay(
  yearDay: number,
  fields: Fields,
  reader: Reader
): { month: number; day: number } {
  if (yearDay < 1 || yearDay > (isLeap(fields.year) ? 366 : 365)) {
    throw reader.failure(`day ${yearDay} of the year is out of range`)
  }
  let month = 1
  let day = yearDay
  for (let length; day > (length = daysInMonth(fields.year, month)); month++) day -= length
  if ((fields.month ?? month) !== month || (fields.day ?? day) !== day) {
    throw reader.failure('the day of the year is not the date beside it')
  }
  return { month, day }
}
