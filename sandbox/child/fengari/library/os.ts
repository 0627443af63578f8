/** What is left of the os library where there is no system to reach: time. */
import { formatDate, dateFields, timeFromFields } from './date.js'
import { ArgumentError, Raise } from '../errors.js'
import { Table } from '../table.js'
import { checkNumber, checkString, checkTable } from './arguments.js'
import type { Functions } from './library.js'

/** `now` is the one clock, in milliseconds since 1970. */
export const osLibrary = (now: () => number): Functions => ({
  clock: () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  date: (format, time) => {
    let pattern = format === undefined ? '%c' : checkString(format, 1)
    const seconds = time === undefined ? Math.floor(now() / 1000) : Math.floor(checkNumber(time, 2))
    const utc = pattern.startsWith('!')
    if (utc) pattern = pattern.slice(1)
    const date = new Date(seconds * 1000)
    if (Number.isNaN(date.getTime())) throw new Raise('time result cannot be represented in this installation')
    const fields = dateFields(date, utc)
    if (!pattern.startsWith('*t')) return formatDate(pattern, fields, seconds)
    const table = new Table()
    const { year, month, day, hour, min, sec, wday, yday } = fields
    for (const [name, value] of Object.entries({ year, month, day, hour, min, sec, wday, yday, isdst: false })) table.addField(name, value)
    return table
  },
  difftime: (later, earlier) => checkNumber(later, 1) - (earlier === undefined ? 0 : checkNumber(earlier, 2)),
  time: table => {
    if (table === undefined) return Math.floor(now() / 1000)
    const time = timeFromFields(checkTable(table, 1))
    if (Number.isNaN(time)) throw new ArgumentError(1, 'time result cannot be represented in this installation')
    return time
  }
})
