/** The table library. Tables without a metatable are handled as the arrays they are. */
import { ArgumentError, LuaThrow } from '../errors.js'
import { chargeString } from '../memory.js'
import { getIndex, setIndex } from '../vm/operations.js'
import type { Vm } from '../vm/vm.js'
import { MAX_INTEGER, numberToString } from '../../../core/base/number-text.js'
import { Table } from '../table.js'
import { typeName } from '../value.js'
import type { Returned } from '../function.js'
import type { Value } from '../value.js'
import { checkInteger, checkNumber, checkString, checkTable, optionalInteger } from './arguments.js'
import type { Functions } from './library.js'
import { lengthOfList } from './list-length.js'
import { sort } from './sort.js'

/** Values that `unpack` may put on the stack at once. */
const MAX_UNPACKED = 250000

export const tableLibrary = (vm: Vm): Functions => ({
  concat: (list, separator, from, to) => concat(vm, list, separator, from, to),
  insert: (...args) => insert(vm, args),
  move: (...args) => move(vm, args),
  pack: (...args) => {
    const table = new Table()
    table.addField('n', args.length)
    args.unshift(undefined)
    table.takeItems(args)
    return table
  },
  remove: (...args) => remove(vm, args),
  sort: (list, compare) => sort(vm, list, compare),
  unpack: (list, from, to) => unpack(vm, list, from, to)
})

function concat(vm: Vm, value: Value, separator: Value, from: Value, to: Value): string {
  const list = checkTable(value, 1)
  const between = separator === undefined ? '' : checkString(separator, 2)
  const first = optionalInteger(from, 3, 1)
  const last = to === undefined ? lengthOfList(vm, list) : checkInteger(to, 4)
  const plain = list.meta === null
  let text = ''
  let looked = 0
  // By a count: next to 2^53 an index that goes up stays where it is.
  for (let n = 0, count = last - first; n <= count; n++) {
    const i = first + n
    const item = plain ? list.getNumber(i) : getIndex(vm, list, i)
    if (typeof item === 'string') text += item
    else if (typeof item === 'number') text += numberToString(item)
    else {
      throw new LuaThrow(
        `invalid value (${typeName(item)}) at index ${numberToString(i)} in table for 'concat'`
      )
    }
    if (n !== count) text += between
    // Looked at as it grows: a short list of one long string can ask for more than there is.
    if (text.length - looked > 65536) {
      chargeString(text.length)
      looked = text.length
    }
  }
  return text
}

function insert(vm: Vm, args: Value[]): Returned {
  const list = checkTable(args[0], 1)
  const end = lengthOfList(vm, list) + 1
  if (args.length === 2) {
    put(vm, list, end, args[1])
    return []
  }
  if (args.length !== 3) throw new LuaThrow("wrong number of arguments to 'insert'")
  const at = checkInteger(args[1], 2)
  if (at < 1 || at > end) throw new ArgumentError(2, 'position out of bounds')
  const value = args[2]
  if (list.meta === null && value !== undefined && at < end) {
    list.push(list.items[end - 1])
    list.items.copyWithin(at + 1, at, end)
    list.items[at] = value
    return []
  }
  for (let i = end; i > at; i--) put(vm, list, i, take(vm, list, i - 1))
  put(vm, list, at, value)
  return []
}

function remove(vm: Vm, args: Value[]): Value {
  const list = checkTable(args[0], 1)
  const size = lengthOfList(vm, list)
  let at = optionalInteger(args[1], 2, size)
  if (at !== size && (at < 1 || at > size + 1)) throw new ArgumentError(1, 'position out of bounds')
  const removed = take(vm, list, at)
  if (list.meta === null && at >= 1 && at <= size) {
    list.removeItem(at)
    return removed
  }
  for (; at < size; at++) put(vm, list, at, take(vm, list, at + 1))
  put(vm, list, at, undefined)
  return removed
}

const take = (vm: Vm, list: Table, key: number): Value =>
  list.meta === null ? list.getNumber(key) : getIndex(vm, list, key)

function put(vm: Vm, list: Table, key: number, value: Value): void {
  if (list.meta === null) list.setNumber(key, value)
  else setIndex(vm, list, key, value)
}

function move(vm: Vm, args: Value[]): Value {
  const source = checkTable(args[0], 1)
  const from = checkInteger(args[1], 2)
  const to = checkInteger(args[2], 3)
  const at = checkInteger(args[3], 4)
  const target = args[4] === undefined ? source : checkTable(args[4], 5)
  if (to < from) return target
  if (from <= 0 && to >= MAX_INTEGER + from) throw new ArgumentError(3, 'too many elements to move')
  if (at > MAX_INTEGER - (to - from)) throw new ArgumentError(4, 'destination wrap around')
  const forwards = at > to || at <= from || target !== source
  for (let i = 0, count = to - from; i <= count; i++) {
    const offset = forwards ? i : count - i
    put(vm, target, at + offset, take(vm, source, from + offset))
  }
  return target
}

export function unpack(vm: Vm, value: Value, from: Value, to: Value): Value[] {
  const first = optionalInteger(from, 2, 1)
  const plain = value instanceof Table && value.meta === null
  if (!(value instanceof Table) && typeof value !== 'string') {
    throw new ArgumentError(1, `table expected, got ${typeName(value)}`)
  }
  const length =
    to === undefined
      ? value instanceof Table
        ? lengthOfList(vm, value)
        : value.length
      : checkNumber(to, 3)
  const last = Math.trunc(length)
  if (first > last) return []
  if (last - first >= MAX_UNPACKED) throw new LuaThrow('too many results to unpack')
  const results: Value[] = []
  for (let n = 0, count = last - first; n <= count; n++) {
    results.push(plain ? value.getNumber(first + n) : getIndex(vm, value, first + n))
  }
  return results
}
