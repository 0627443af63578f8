/** Lua's arithmetic on doubles. */
import { Op } from '../compiler/opcodes.js'
import { MAX_INTEGER } from '../../../core/base/number-text.js'

/** `a // b`: the quotient rounded down; by zero an infinity or nan. */
export const floorDivide = (a: number, b: number): number => Math.floor(a / b)

/** `a % b`: takes the sign of b; by zero nan. */
export function modulo(a: number, b: number): number {
  const m = a % b
  return m * b < 0 ? m + b : m
}

/*
 * Bitwise operations have the results of 64-bit two's complement, written as doubles: exact where the result is
 * within ±2^53. A result with its top bit set is a negative number, as in Lua 5.3 (~0 is -1), so what 32-bit code
 * expects of & | ~ << >> on 0…0xFFFFFFFF holds: 1 << 31 is 2147483648.
 */
const bits = (n: number): bigint => BigInt.asIntN(64, BigInt(n))

/** Whether n can take part in a bitwise operation: a whole number that 64 bits can hold. */
export const hasBits = (n: number): boolean => n === Math.floor(n) && n < 2 ** 64 && n >= -(2 ** 63)

/** A whole number of 32 bits without a sign, as checksums and hashes have them. */
export const isWord = (n: number): boolean => n >>> 0 === n

const POWERS = Array.from({ length: 64 }, (_, power) => 2 ** power)

/** A bitwise operation on two words. */
export function bitsOfWords(op: number, a: number, b: number): number {
  switch (op) {
    case Op.BAND:
      return (a & b) >>> 0
    case Op.BOR:
      return (a | b) >>> 0
    case Op.BXOR:
      return (a ^ b) >>> 0
    case Op.SHR:
      return b < 32 ? a >>> b : 0
    // Up to 2^53 a multiplication is exact.
    default:
      return b < 22 ? a * (POWERS[b] as number) : shiftLeft(a, b)
  }
}

/** A bitwise operation on any two numbers; undefined when one of them has no bits. */
export function bitsOfNumbers(op: number, a: number, b: number): number | undefined {
  if (!hasBits(a) || !hasBits(b)) return undefined
  switch (op) {
    case Op.BAND:
      return bitAnd(a, b)
    case Op.BOR:
      return bitOr(a, b)
    case Op.BXOR:
      return bitXor(a, b)
    case Op.SHL:
      return shiftLeft(a, b)
    default:
      return shiftRight(a, b)
  }
}

/** Both are whole and need no sign beyond 31 bits: JavaScript's own operators give the same. */
const isSmall = (a: number, b: number): boolean => (a | 0) === a && (b | 0) === b

function bitAnd(a: number, b: number): number {
  if (isSmall(a, b)) return a & b
  if (a >= 0 && b >= 0 && a <= MAX_INTEGER && b <= MAX_INTEGER) {
    return byHalves(a, b, (x, y) => x & y)
  }
  return Number(BigInt.asIntN(64, bits(a) & bits(b)))
}

function bitOr(a: number, b: number): number {
  if (isSmall(a, b)) return a | b
  if (a >= 0 && b >= 0 && a <= MAX_INTEGER && b <= MAX_INTEGER) {
    return byHalves(a, b, (x, y) => x | y)
  }
  return Number(BigInt.asIntN(64, bits(a) | bits(b)))
}

function bitXor(a: number, b: number): number {
  if (isSmall(a, b)) return a ^ b
  if (a >= 0 && b >= 0 && a <= MAX_INTEGER && b <= MAX_INTEGER) {
    return byHalves(a, b, (x, y) => x ^ y)
  }
  return Number(BigInt.asIntN(64, bits(a) ^ bits(b)))
}

function byHalves(a: number, b: number, combine: (x: number, y: number) => number): number {
  const high = combine(Math.floor(a / 2 ** 32), Math.floor(b / 2 ** 32))
  return high * 2 ** 32 + (combine(a | 0, b | 0) >>> 0)
}

/** Bit by bit: -1 - a, which is exact. */
export const bitNot = (a: number): number => (a >= 2 ** 63 ? Number(~bits(a)) : -1 - a)

/** Logical shift, by a negative count to the right. */
function shiftLeft(a: number, by: number): number {
  if (by <= -64 || by >= 64) return 0
  if (by < 0) return shiftRight(a, -by)
  const product = a * (POWERS[by] as number)
  if (Math.abs(product) <= MAX_INTEGER) return product
  return Number(BigInt.asIntN(64, bits(a) << BigInt(by)))
}

/** Logical shift: zeros come in from the left, so a negative number is taken as its 64 bits. */
function shiftRight(a: number, by: number): number {
  if (by <= -64 || by >= 64) return 0
  if (by < 0) return shiftLeft(a, -by)
  if (a >= 0) return Math.floor(a / 2 ** by)
  return by === 0 ? a : Number(BigInt.asUintN(64, BigInt(a)) >> BigInt(by))
}
