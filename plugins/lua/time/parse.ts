import { daysInMonth, toDays } from './calendar.js'
import { Reader } from './reader.js'
import { parseLayout, type LayoutPart } from './layout.js'
import { readers, type Fields } from './read-elements.js'
import { toMonthAndDay } from './year-day.js'

/** The moment that `text` names by the layout, in Unix seconds. Throws a LuaFailure that says what does not fit. */
export function parseTime(text: string, layout: string): number {
  const reader = new Reader(text, layout)
  const fields: Fields = { year: 0, hour: 0, minute: 0, second: 0, offset: 0 }
  const parts = parseLayout(layout)
  for (const [index, { literal, element, text: shown }] of parts.entries()) {
    reader.skip(literal)
    if (element === undefined) continue
    readers[element](reader, fields, shown)
    if ((element === 'second2' || element === 'second1') && !hasFraction(parts[index + 1])) {
      reader.skipFraction()
    }
  }
  reader.finish()
  return toSeconds(fields, reader)
}

const hasFraction = (next: LayoutPart | undefined): boolean =>
  next?.element === 'fixedFraction' || next?.element === 'openFraction'

function toSeconds(fields: Fields, reader: Reader): number {
  const { year, minute, second, offset } = fields
  const { month, day } =
    fields.yearDay === undefined
      ? { month: fields.month ?? 1, day: fields.day ?? 1 }
      : toMonthAndDay(fields.yearDay, fields, reader)
  if (day < 1 || day > daysInMonth(year, month)) throw reader.failure(`day ${day} is out of range`)
  const hour =
    fields.afternoon === true && fields.hour < 12
      ? fields.hour + 12
      : fields.afternoon === false && fields.hour === 12
        ? 0
        : fields.hour
  return toDays(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
}
