/** table.sort, on JavaScript's stable merge sort, which asks only whether one value comes before another. */
import { Raise } from '../errors.js'
import { getIndex, isTrue, lessThan, setIndex } from '../machine/operations.js'
import type { Vm } from '../machine/vm.js'
import type { Value } from '../value.js'
import { checkFunction, checkTable } from './arguments.js'
import { lengthOfList } from './table.js'

const TOO_LONG = 2 ** 31

export function sort (vm: Vm, value: Value, compare: Value): [] {
  const list = checkTable(value, 1)
  const before = compare === undefined ? undefined : checkFunction(compare, 2)
  const length = lengthOfList(vm, list)
  if (length < 2) return []
  if (length >= TOO_LONG) throw new Raise('array too big')
  const values: Value[] = []
  for (let i = 1; i <= length; i++) values.push(list.meta === null ? list.getNumber(i) : getIndex(vm, list, i))
  const sorted = before === undefined ? sortPlainly(vm, values) : sortWith(vm, values, before)
  for (let i = 0; i < length; i++) {
    if (list.meta === null) list.setNumber(i + 1, sorted[i])
    else setIndex(vm, list, i + 1, sorted[i])
  }
  return []
}

function sortPlainly (vm: Vm, values: Value[]): Value[] {
  if (values.every(value => typeof value === 'number')) return (values as number[]).sort((a, b) => a < b ? -1 : a > b ? 1 : 0)
  // Binary strings: comparing units is comparing bytes.
  if (values.every(value => typeof value === 'string')) return values.sort()
  return sortBy(values, (a, b) => lessThan(vm, a, b))
}

function sortWith (vm: Vm, values: Value[], before: Value): Value[] {
  const ask = vm.repeatedCall(before)
  return sortBy(values, (a, b) => isTrue(ask(a, b)))
}

function sortBy (values: Value[], before: (a: Value, b: Value) => boolean): Value[] {
  if (!values.includes(undefined)) return values.sort((a, b) => before(a, b) ? -1 : 1)
  // JavaScript puts undefined last unasked; Lua compares nil, and mostly fails.
  return values.map(value => ({ value })).sort((a, b) => before(a.value, b.value) ? -1 : 1).map(({ value }) => value)
}
