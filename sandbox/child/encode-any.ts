/** Whatever Lua can hold, on its way to a host function that takes any value. */
import type { LuaTable, LuaValue } from '../lua/api.js'
import { Mismatch } from './type-mismatch.js'
import { numberText } from '../../plugins/lua/number-text.js'
import { toWireText } from './wire.js'

const MAX_LEVELS = 100
const MAX_VALUES = 1_000_000

/**
 * Tables become lists when their keys are exactly 1 to n, else Maps from text. Gives a Mismatch for what
 * cannot cross: functions, tables that contain themselves, more than 100 levels or a million values.
 */
export function anyToWire(value: LuaValue): unknown {
  const open = new Set<object>()
  let left = MAX_VALUES
  return convert(value)

  function convert(value: LuaValue): unknown {
    if (typeof value === 'string') return toWireText(value)
    if (typeof value !== 'object') return value
    if (value.type === 'function') return new Mismatch('functions cannot be passed on')
    const identity = value.identity()
    if (open.has(identity)) return new Mismatch('a table that contains itself cannot be passed on')
    if (open.size >= MAX_LEVELS) {
      return new Mismatch(`at most ${MAX_LEVELS} levels of tables allowed`)
    }
    open.add(identity)
    const converted = convertTable(value)
    open.delete(identity)
    return converted
  }

  function convertTable(table: LuaTable): unknown {
    const entries: Array<[LuaValue, unknown]> = []
    for (const [key, entry] of table.entries()) {
      if (--left < 0) return new Mismatch(`at most ${MAX_VALUES} values allowed`)
      const converted = convert(entry)
      if (converted instanceof Mismatch) return converted
      entries.push([key, converted])
    }
    const length = table.length()
    if (length > 0 && length === entries.length && entries.every(([key]) => isIndex(key, length))) {
      return toList(entries)
    }
    return new Map(
      entries.flatMap(([key, entry]): Array<[string, unknown]> =>
        typeof key === 'string'
          ? [[key, entry]]
          : typeof key === 'number'
            ? [[numberText(key), entry]]
            : []
      )
    )
  }
}

const isIndex = (key: LuaValue, length: number): boolean =>
  typeof key === 'number' && Number.isInteger(key) && key >= 1 && key <= length

/** The keys are 1 to n, but perhaps in another order. */
function toList(entries: ReadonlyArray<[LuaValue, unknown]>): unknown[] {
  const list: unknown[] = new Array(entries.length).fill(undefined)
  for (const [key, entry] of entries) {
    if (typeof key === 'number') list[key - 1] = entry
  }
  return list
}
