import { LuaFailure } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue } from '../../../sandbox/child/engine.js'
import { runContext } from '../run-context.js'

/** What a table is in JSON: an object with `keys`, or a list without; undefined values are null. */
export interface Container {
  readonly keys: readonly string[] | undefined
  readonly values: readonly LuaValue[]
}

/** A list if all keys are numbers and some are indexes; its holes count. Otherwise an object of the text keys. */
export function readContainer (table: LuaTable): Container {
  const items: LuaValue[] = []
  const fields: Array<readonly [string, LuaValue]> = []
  let largest = 0
  let isList = true
  for (const [key, value] of table.entries()) {
    if (typeof key === 'number') {
      if (!Number.isInteger(key) || key < 1) continue
      if (key > largest) largest = key
      // Written far beyond the others it would be a hole of many; see below.
      if (key <= runContext.maxText) items[key - 1] = value
    } else {
      isList = false
      if (typeof key === 'string') fields.push([key, value])
    }
  }
  if (isList && largest > 0) return { keys: undefined, values: whole(items, largest) }

  if (fields.length > 1) fields.sort(byKey)
  return { keys: fields.map(([key]) => key), values: fields.map(([, value]) => value) }
}

/** Binary strings compare as their bytes do. */
const byKey = (a: readonly [string, LuaValue], b: readonly [string, LuaValue]): number => a[0] < b[0] ? -1 : 1

function whole (items: LuaValue[], largest: number): LuaValue[] {
  // Each entry takes two bytes at least.
  if (largest > runContext.maxText / 2) throw new LuaFailure(`the list is too long: its largest index is ${largest}`)
  return items
}
