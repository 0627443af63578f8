/**
 * Arguments of library functions. Where Lua 5.3 insists on whole numbers, ours are cut off towards zero as Lua
 * 5.1 did, since `n / 2` may be what an older function passes.
 */
import { ArgumentError } from '../errors.js'
import { numberToString } from '../../../core/base/number-text.js'
import { parseNumber } from '../number.js'
import { Table } from '../table.js'
import { Closure, Native } from '../function.js'
import { typeName } from '../value.js'
import type { Value } from '../value.js'

export function wrongType(index: number, expected: string, value: Value): ArgumentError {
  const name = value instanceof Table ? value.meta?.getString('__name') : undefined
  return new ArgumentError(
    index,
    `${expected} expected, got ${typeof name === 'string' ? name : typeName(value)}`
  )
}

export function checkNumber(value: Value, index: number): number {
  if (typeof value === 'number') return value
  const n = typeof value === 'string' ? parseNumber(value) : undefined
  if (n === undefined) throw wrongType(index, 'number', value)
  return n
}

export function checkInteger(value: Value, index: number): number {
  const n = typeof value === 'number' ? value : checkNumber(value, index)
  if (n === Math.floor(n) && n !== Infinity && n !== -Infinity) return n
  if (!Number.isFinite(n)) throw new ArgumentError(index, 'number has no integer representation')
  return Math.trunc(n)
}

export const optionalInteger = (value: Value, index: number, fallback: number): number =>
  value === undefined ? fallback : checkInteger(value, index)

export function checkString(value: Value, index: number): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberToString(value)
  throw wrongType(index, 'string', value)
}

export function checkTable(value: Value, index: number): Table {
  if (value instanceof Table) return value
  throw wrongType(index, 'table', value)
}

export function checkFunction(value: Value, index: number): Closure | Native {
  if (value instanceof Closure || value instanceof Native) return value
  throw wrongType(index, 'function', value)
}

/** Complains about an argument that may be anything but must be there. */
export function checkAny(count: number, index: number): void {
  if (count < index) throw new ArgumentError(index, 'value expected')
}
