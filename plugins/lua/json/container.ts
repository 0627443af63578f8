import { LuaFailure } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue } from '../../../sandbox/lua/api.js'
import { runContext } from '../run-context.js'
import { markOf, type ListMark } from './marks.js'

/** What a table is in JSON: an object with `keys`, or a list without; undefined values are null. */
export interface Container {
  readonly keys: readonly string[] | undefined
  readonly values: readonly LuaValue[]
}

/** Objects with more fields than this are sorted with a method that is quick for many. */
const FEW = 24

/**
 * A list if all keys are numbers and some are indexes, or none and the table is marked as a list; its holes count.
 * Otherwise an object of the text keys.
 */
export function readContainer(table: LuaTable, sort: boolean): Container {
  const mark = markOf(table)
  const keys: string[] = []
  const values: LuaValue[] = []
  const items: LuaValue[] = []
  let largest = 0
  let isList = true
  for (const [key, value] of table.entries()) {
    if (typeof key === 'string') {
      isList = false
      keys.push(key)
      values.push(value)
    } else if (typeof key !== 'number') {
      isList = false
    } else if (Number.isInteger(key) && key >= 1) {
      if (key > largest) largest = key
      // Far beyond the others it would be a hole of many; see below.
      if (key <= runContext.maxText) items[key - 1] = value
    }
  }
  if (isList && (largest > 0 || isListMark(mark))) {
    return { keys: undefined, values: whole(items, lengthOf(largest, mark)) }
  }
  if (mark !== undefined && 'nulls' in mark) addNulls(table, mark.nulls, keys, values)
  if (!sort) return { keys, values }
  return keys.length <= FEW ? sortFew(keys, values) : sortMany(keys, values)
}

const isListMark = (mark: ReturnType<typeof markOf>): mark is ListMark =>
  mark !== undefined && 'length' in mark

/** The nulls at the end of a decoded list count for as long as its end is where it was. */
const lengthOf = (largest: number, mark: ReturnType<typeof markOf>): number =>
  isListMark(mark) && mark.last === largest ? mark.length : largest

function addNulls(
  table: LuaTable,
  nulls: ReadonlySet<string>,
  keys: string[],
  values: LuaValue[]
): void {
  for (const key of nulls) {
    if (table.get(key) !== undefined) continue
    keys.push(key)
    values.push(undefined)
  }
}

/** Insertion sort, which makes nothing. Binary strings compare as their bytes do. */
function sortFew(keys: string[], values: LuaValue[]): Container {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? ''
    const value = values[i]
    let at = i
    for (let before; at > 0 && (before = keys[at - 1] ?? '') > key; at--) {
      keys[at] = before
      values[at] = values[at - 1]
    }
    keys[at] = key
    values[at] = value
  }
  return { keys, values }
}

function sortMany(keys: string[], values: LuaValue[]): Container {
  const order = keys
    .map((key, index) => [key, index] as const)
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
  return { keys: order.map(([key]) => key), values: order.map(([, index]) => values[index]) }
}

function whole(items: LuaValue[], largest: number): LuaValue[] {
  // Each entry takes two bytes at least.
  if (largest > runContext.maxText / 2) {
    throw new LuaFailure(`the list is too long: its largest index is ${largest}`)
  }
  items.length = largest
  return items
}
