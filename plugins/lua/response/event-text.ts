/** One event as the HTML standard has it: fields line by line, and an empty line at its end. */
import { LuaFailure, LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue, NativeFunction } from '../../../sandbox/lua/api.js'
import { numberToString } from '../../../core/base/number-text.js'

const FIELDS = ['event', 'data', 'id', 'retry']
const LINE_BREAK = /\r\n|\n|\r/

/** Of the arguments of `send`. Throws LuaMisuse, and LuaFailure for what JSON cannot say. */
export function formatEvent(args: readonly LuaValue[], encode: NativeFunction): string {
  if (args.length === 0) throw wrong('value expected')
  const [value] = args
  if (!isMessage(value)) return `${dataLines(value, encode)}\n`
  return `${fieldLines(value, encode)}\n`
}

/** A table with fields of an event and no others; `data` makes it one in any case. */
function isMessage(value: LuaValue): value is LuaTable {
  if (typeof value !== 'object' || value.type !== 'table') return false
  const names = [...value.entries()].map(([name]) => name)
  const unknown = names.find(name => typeof name !== 'string' || !FIELDS.includes(name))
  if (names.includes('data') && unknown !== undefined) {
    const name = typeof unknown === 'string' ? `'${unknown}'` : String(unknown)
    throw wrong(`an event has no field ${name}; its fields are ${FIELDS.join(', ')}`)
  }
  return names.length > 0 && unknown === undefined
}

function fieldLines(message: LuaTable, encode: NativeFunction): string {
  const event = message.get('event')
  const id = message.get('id')
  const retry = message.get('retry')
  const data = message.get('data')
  let lines = ''
  if (event !== undefined) lines += `event: ${lineOf(event, 'event')}\n`
  if (id !== undefined) lines += `id: ${lineOf(id, 'id')}\n`
  if (retry !== undefined) lines += `retry: ${wholeMs(retry)}\n`
  if (data !== undefined) return lines + dataLines(data, encode)
  // Without data nobody is told of an event; id and retry alone are no event.
  return event === undefined ? lines : `${lines}data:\n`
}

const dataLines = (value: LuaValue, encode: NativeFunction): string =>
  dataText(value, encode)
    .split(LINE_BREAK)
    .map(line => `data: ${line}\n`)
    .join('')

function dataText(value: LuaValue, encode: NativeFunction): string {
  if (typeof value === 'string') return value
  try {
    return encode(value) as string
  } catch (error) {
    throw error instanceof LuaFailure ? new LuaMisuse(`send: ${error.message}`) : error
  }
}

function lineOf(value: LuaValue, name: string): string {
  const text = typeof value === 'number' ? numberToString(value) : value
  if (typeof text !== 'string') throw wrong(`field '${name}': string expected`)
  if (/[\r\n\0]/.test(text)) throw wrong(`field '${name}': a text without line breaks expected`)
  return text
}

function wholeMs(value: LuaValue): string {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    return numberToString(value)
  }
  throw wrong("field 'retry': a whole number of milliseconds expected")
}

const wrong = (reason: string): LuaMisuse => new LuaMisuse(`bad argument #1 to 'send' (${reason})`)
