/**
 * table.sort, by quicksort with the median of three as pivot, which compares the same pairs in the same order as PUC
 * Lua 5.3: so equal elements end up in the same order, and an order function that contradicts itself is noticed by the
 * same lists. It works on a copy: whatever an order function does to the table, each step stays within bounds.
 */
import { ArgumentError, LuaThrow } from '../errors.js'
import { charge } from '../memory.js'
import { getIndex, lessThan, setIndex } from '../vm/operations.js'
import type { Vm } from '../vm/vm.js'
import type { Table } from '../table.js'
import type { Value } from '../value.js'
import { checkFunction, checkTable } from './arguments.js'
import { lengthOfList } from './list-length.js'

type Before = (a: Value, b: Value) => boolean

const TOO_LONG = 2 ** 31 - 1
const ITEM_BYTES = 16
/** Parts larger than this take another pivot than the middle, once halving them has gone badly. */
const LARGE = 100
const UNEVEN = 128

export function sort(vm: Vm, value: Value, compare: Value): [] {
  const list = checkTable(value, 1)
  const length = lengthOfList(vm, list)
  if (length < 2) return []
  if (length >= TOO_LONG) throw new ArgumentError(1, 'array too big')
  const before = compare === undefined ? undefined : checkFunction(compare, 2)
  charge(length * ITEM_BYTES)
  const values: Value[] = []
  for (let i = 1; i <= length; i++) {
    values.push(list.meta === null ? list.getNumber(i) : getIndex(vm, list, i))
  }
  try {
    if (before === undefined) sortPlainly(vm, values)
    else quicksort(values, 0, length - 1, vm.repeatedTest(before))
  } catch (error) {
    // As far as it came, as if it had been done in place.
    if (list.meta === null) writeBack(vm, list, values)
    throw error
  }
  writeBack(vm, list, values)
  return []
}

function writeBack(vm: Vm, list: Table, values: readonly Value[]): void {
  for (let i = 0; i < values.length; i++) {
    if (list.meta === null) list.setNumber(i + 1, values[i])
    else setIndex(vm, list, i + 1, values[i])
  }
}

/** A number other than nan, which has no place in an order. */
const isOrdered = (value: Value): boolean => typeof value === 'number' && !Number.isNaN(value)

function sortPlainly(vm: Vm, values: Value[]): void {
  // In what order equal ones come shows with neither.
  if (values.every(isOrdered)) (values as number[]).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  // Binary strings: comparing units is comparing bytes.
  else if (values.every(value => typeof value === 'string')) values.sort()
  else quicksort(values, 0, values.length - 1, (a, b) => lessThan(vm, a, b))
}

function swap(values: Value[], i: number, j: number): void {
  const value = values[i]
  values[i] = values[j]
  values[j] = value
}

/** Sorts `values` from `low` to `high`. It calls itself for the smaller part only, so it never gets deep. */
function quicksort(values: Value[], low: number, high: number, before: Before): void {
  let uneven = false
  while (low < high) {
    if (before(values[high], values[low])) swap(values, low, high)
    if (high - low === 1) return
    const middle = uneven && high - low > LARGE ? aside(low, high) : Math.floor((low + high) / 2)
    if (before(values[middle], values[low])) swap(values, middle, low)
    else if (before(values[high], values[middle])) swap(values, middle, high)
    if (high - low === 2) return
    const pivot = values[middle]
    swap(values, middle, high - 1)
    const at = partition(values, low, high, pivot, before)
    let smaller: number
    if (at - low < high - at) {
      quicksort(values, low, at - 1, before)
      smaller = at - low
      low = at + 1
    } else {
      quicksort(values, at + 1, high, before)
      smaller = high - at
      high = at - 1
    }
    if ((high - low) / UNEVEN > smaller) uneven = true
  }
}

/** Some place in the middle half, another one for every part. */
function aside(low: number, high: number): number {
  const quarter = Math.floor((high - low) / 4)
  return low + quarter + ((Math.imul(low + high, 0x9e3779b1) >>> 0) % (quarter * 2))
}

/** Moves what comes before the pivot, which stands at `high - 1`, below it; gives the pivot's new place. */
function partition(
  values: Value[],
  low: number,
  high: number,
  pivot: Value,
  before: Before
): number {
  let i = low
  let j = high - 1
  for (;;) {
    while (before(values[++i], pivot)) {
      if (i === high - 1) throw new LuaThrow('invalid order function for sorting')
    }
    while (before(pivot, values[--j])) {
      if (j < i) throw new LuaThrow('invalid order function for sorting')
    }
    if (j < i) {
      swap(values, high - 1, i)
      return i
    }
    swap(values, i, j)
  }
}
