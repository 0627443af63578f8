/** What is left of the os library where there is no system to reach: time. */
import { formatDate, dateFields, timeFromFields } from './date.js'
import type { DateFields } from './date.js'
import { LuaThrow } from '../errors.js'
import { getIndex, setIndex } from '../vm/operations.js'
import type { Vm } from '../vm/vm.js'
import { Table } from '../table.js'
import type { Value } from '../value.js'
import { checkNumber, checkString, checkTable } from './arguments.js'
import type { Functions } from './library.js'

/** A date as the table that os.date('*t') makes and os.time takes. */
const tableFields = ({
  year,
  month,
  day,
  hour,
  min,
  sec,
  wday,
  yday
}: DateFields): Array<[string, Value]> =>
  Object.entries({ year, month, day, hour, min, sec, wday, yday, isdst: false })

/** `now` is the one clock, in milliseconds since 1970. */
export const osLibrary = (vm: Vm, now: () => number): Functions => ({
  clock: () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  date: (format, time) => {
    let pattern = format === undefined ? '%c' : checkString(format, 1)
    const seconds = time === undefined ? Math.floor(now() / 1000) : Math.floor(checkNumber(time, 2))
    const utc = pattern.startsWith('!')
    if (utc) pattern = pattern.slice(1)
    const date = new Date(seconds * 1000)
    if (Number.isNaN(date.getTime())) {
      throw new LuaThrow('time result cannot be represented in this installation')
    }
    const fields = dateFields(date, utc)
    if (!pattern.startsWith('*t')) return formatDate(pattern, fields, seconds)
    const table = new Table()
    for (const [name, value] of tableFields(fields)) table.addField(name, value)
    return table
  },
  difftime: (later, earlier) =>
    checkNumber(later, 1) - (earlier === undefined ? 0 : checkNumber(earlier, 2)),
  time: value => {
    if (value === undefined) return Math.floor(now() / 1000)
    const table = checkTable(value, 1)
    const time = timeFromFields(name => getIndex(vm, table, name))
    if (Number.isNaN(time)) {
      throw new LuaThrow('time result cannot be represented in this installation')
    }
    for (const [name, field] of tableFields(dateFields(new Date(time * 1000), false))) {
      setIndex(vm, table, name, field)
    }
    return time
  }
})
