/** The bit32 library of Lua 5.2: operations on 32 bits, results from 0 to 2^32 - 1. */
import { ArgumentError } from '../errors.js'
import { modulo } from '../vm/arithmetic.js'
import type { Value } from '../value.js'
import { checkInteger, optionalInteger } from './arguments.js'
import type { Functions } from './library.js'

const word = (value: Value, index: number): number =>
  modulo(checkInteger(value, index), 2 ** 32) >>> 0

const fold = (args: Value[], start: number, combine: (a: number, b: number) => number): number =>
  args.reduce<number>((sum, value, i) => combine(sum, word(value, i + 1)) >>> 0, start)

function shift(x: number, by: number, signed = false): number {
  if (by >= 0) return by > 31 ? 0 : (x << by) >>> 0
  const right = Math.min(-by, 32)
  const negative = signed && x >= 2 ** 31
  if (right > 31) return negative ? 2 ** 32 - 1 : 0
  return negative ? (x >> right) >>> 0 : x >>> right
}

const rotate = (x: number, by: number): number => {
  const left = by & 31
  return left === 0 ? x : ((x << left) | (x >>> (32 - left))) >>> 0
}

function field(from: Value, width: Value, index: number): { at: number; mask: number } {
  const at = checkInteger(from, index)
  const size = optionalInteger(width, index + 1, 1)
  if (at < 0) throw new ArgumentError(index, 'field cannot be negative')
  if (size < 1) throw new ArgumentError(index + 1, 'width must be positive')
  if (at + size > 32) throw new ArgumentError(index, 'trying to access non-existent bits')
  return { at, mask: 2 ** size - 1 }
}

export const bit32Library: Functions = {
  arshift: (x, by) => shift(word(x, 1), -checkInteger(by, 2), true),
  band: (...args) => fold(args, 2 ** 32 - 1, (a, b) => a & b),
  bnot: x => ~word(x, 1) >>> 0,
  bor: (...args) => fold(args, 0, (a, b) => a | b),
  btest: (...args) => fold(args, 2 ** 32 - 1, (a, b) => a & b) !== 0,
  bxor: (...args) => fold(args, 0, (a, b) => a ^ b),
  extract: (x, from, width) => {
    const value = word(x, 1)
    const { at, mask } = field(from, width, 2)
    return ((value >>> at) & mask) >>> 0
  },
  lrotate: (x, by) => rotate(word(x, 1), checkInteger(by, 2)),
  lshift: (x, by) => shift(word(x, 1), checkInteger(by, 2)),
  replace: (x, v, from, width) => {
    const value = word(x, 1)
    const inserted = word(v, 2)
    const { at, mask } = field(from, width, 3)
    return ((value & ~(mask << at)) | ((inserted & mask) << at)) >>> 0
  },
  rrotate: (x, by) => rotate(word(x, 1), -checkInteger(by, 2)),
  rshift: (x, by) => shift(word(x, 1), -checkInteger(by, 2))
}
