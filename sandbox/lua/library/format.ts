/** string.format: C's printf for the conversions Lua knows. */
import { ArgumentError, LuaThrow } from '../errors.js'
import { charge, chargeString } from '../memory.js'
import { toText } from '../vm/operations.js'
import type { Vm } from '../vm/vm.js'
import {
  MAX_INTEGER,
  formatGeneral,
  numberToString,
  signedExponent,
  toFixed,
  toScientific
} from '../../../core/base/number-text.js'
import type { Value } from '../value.js'
import { checkInteger, checkNumber, checkString } from './arguments.js'

interface Conversion {
  readonly letter: string
  readonly left: boolean
  readonly plus: boolean
  readonly space: boolean
  readonly alternate: boolean
  readonly zeros: boolean
  readonly width: number
  /** -1 when not given. */
  readonly precision: number
}

/** Text to copy, and conversions between. */
type Part = string | Conversion

const parsed = new Map<string, readonly Part[]>()
/** Formats kept parsed; they are texts of programs, so few and short. */
const MAX_PARSED_FORMATS = 500
const MAX_FORMAT_LENGTH = 500
/** Rough bytes of one part. */
const PART_BYTES = 112

export function format(vm: Vm, args: Value[]): string {
  const pattern = checkString(args[0], 1)
  let result = ''
  let next = 1
  for (const part of parse(pattern)) {
    if (typeof part === 'string') {
      result += part
      continue
    }
    if (next >= args.length) throw new ArgumentError(next + 1, 'no value')
    result += convert(vm, part, args[next], next + 1)
    next++
  }
  chargeString(result.length)
  return result
}

function parse(pattern: string): readonly Part[] {
  const known = parsed.get(pattern)
  if (known !== undefined) return known
  const parts: Part[] = []
  let from = 0
  for (let at = pattern.indexOf('%'); at >= 0; at = pattern.indexOf('%', from)) {
    if ((parts.length & 255) === 255) charge(256 * PART_BYTES)
    if (at > from) parts.push(pattern.slice(from, at))
    const match = /^%([-+ #0]*)(\d*)(?:(\.)(\d*))?([\s\S]?)/.exec(pattern.slice(at, at + 40))
    const [whole = '%', flags = '', width = '', point, precision = '', letter = ''] = match ?? []
    if (letter === '%' && whole === '%%') parts.push('%')
    else {
      parts.push(
        toConversion(whole, flags, width, point === undefined ? undefined : precision, letter)
      )
    }
    from = at + whole.length
  }
  if (from < pattern.length) parts.push(pattern.slice(from))
  if (pattern.length > MAX_FORMAT_LENGTH) return parts
  if (parsed.size >= MAX_PARSED_FORMATS) parsed.clear()
  parsed.set(pattern, parts)
  return parts
}

function toConversion(
  whole: string,
  flags: string,
  width: string,
  precision: string | undefined,
  letter: string
): Conversion {
  if (flags.length > 5) throw new LuaThrow('invalid format (repeated flags)')
  if (width.length > 2 || (precision ?? '').length > 2) {
    throw new LuaThrow('invalid format (width or precision too long)')
  }
  if (letter === '' || !'diouxXcaAeEfFgGqs'.includes(letter)) {
    throw new LuaThrow(`invalid option '${letter === '' ? '%' : whole}' to 'format'`)
  }
  return {
    letter,
    left: flags.includes('-'),
    plus: flags.includes('+'),
    space: flags.includes(' '),
    alternate: flags.includes('#'),
    zeros: flags.includes('0'),
    width: Number(width),
    precision: precision === undefined ? -1 : Number(precision)
  }
}

function convert(vm: Vm, c: Conversion, value: Value, index: number): string {
  switch (c.letter) {
    case 'd':
    case 'i':
      return pad(c, whole(c, checkInteger(value, index)), c.precision < 0)
    case 'u':
      return pad(c, unsigned(c, checkInteger(value, index), 10), c.precision < 0)
    case 'o':
      return pad(c, unsigned(c, checkInteger(value, index), 8), c.precision < 0)
    case 'x':
      return pad(c, unsigned(c, checkInteger(value, index), 16), c.precision < 0)
    case 'X':
      return pad(c, unsigned(c, checkInteger(value, index), 16).toUpperCase(), c.precision < 0)
    case 'c':
      return pad(c, String.fromCharCode(checkInteger(value, index) & 255), false)
    case 's': {
      const text = toText(vm, value)
      const plain = c.width === 0 && c.precision < 0
      if (!plain && text.includes('\0')) throw new ArgumentError(index, 'string contains zeros')
      return pad(c, c.precision < 0 ? text : text.slice(0, c.precision), false)
    }
    case 'q':
      return quote(value, index)
    default:
      return float(c, checkNumber(value, index))
  }
}

/** Fills up to the width: with zeros after the sign where that is asked for and possible. */
function pad(c: Conversion, text: string, zeros: boolean): string {
  if (text.length >= c.width) return text
  if (c.left) return text.padEnd(c.width)
  if (!c.zeros || !zeros) return text.padStart(c.width)
  const head = /^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? ''
  return head + text.slice(head.length).padStart(c.width - head.length, '0')
}

const signed = (c: Conversion, negative: boolean, digits: string): string =>
  negative ? '-' + digits : c.plus ? '+' + digits : c.space ? ' ' + digits : digits

function whole(c: Conversion, n: number): string {
  return signed(c, n < 0, digitsOf(c, Math.abs(n), 10))
}

/** Digits of a whole number, all of them however large, and at least as many as the precision asks for. */
function digitsOf(c: Conversion, n: number, base: number): string {
  const digits = n <= MAX_INTEGER ? n.toString(base) : BigInt(n).toString(base)
  if (c.precision === 0 && n === 0) return ''
  return digits.padStart(c.precision, '0')
}

/** Negative numbers as the 64 bits of their two's complement. */
function unsigned(c: Conversion, n: number, base: number): string {
  const digits =
    n < 0
      ? BigInt.asUintN(64, BigInt(n)).toString(base).padStart(c.precision, '0')
      : digitsOf(c, n, base)
  if (!c.alternate) return digits
  if (base === 8) return digits.startsWith('0') ? digits : '0' + digits
  return base === 16 && n !== 0 ? '0x' + digits : digits
}

function float(c: Conversion, n: number): string {
  const upper = c.letter !== 'g' && c.letter === c.letter.toUpperCase()
  const negative = n < 0 || Object.is(n, -0)
  const size = Math.abs(n)
  if (!Number.isFinite(n)) {
    const text = signed(c, negative, Number.isNaN(n) ? 'nan' : 'inf')
    return pad(c, upper ? text.toUpperCase() : text, false)
  }
  const text = signed(c, negative, magnitude(c, size))
  return pad(c, upper ? text.toUpperCase() : text, true)
}

function magnitude(c: Conversion, n: number): string {
  const precision = c.precision < 0 ? 6 : c.precision
  switch (c.letter) {
    case 'f':
    case 'F':
      return withPoint(c, fixed(n, precision))
    case 'e':
    case 'E': {
      const { mantissa, exponent } = toScientific(n, precision)
      return withPoint(c, mantissa) + 'e' + signedExponent(exponent)
    }
    case 'g':
    case 'G':
      return formatGeneral(n, precision, c.alternate)
    default: {
      const [mantissa = '', power = ''] = hexadecimal(n, c.precision).split('p')
      return withPoint(c, mantissa) + 'p' + power
    }
  }
}

const withPoint = (c: Conversion, digits: string): string =>
  c.alternate && !digits.includes('.') ? digits + '.' : digits

/** Like toFixed, which turns to exponents at 1e21. */
function fixed(n: number, precision: number): string {
  if (n < 1e21) return toFixed(n, precision)
  return BigInt(n).toString() + (precision > 0 ? '.' + '0'.repeat(precision) : '')
}

/** C's %a: the bits of the double, exactly unless a precision is given. */
function hexadecimal(n: number, precision: number): string {
  if (n === 0) return '0x0' + (precision > 0 ? '.' + '0'.repeat(precision) : '') + 'p+0'
  let exponent = Math.max(Math.floor(Math.log2(n)), -1022)
  let mantissa = n / 2 ** exponent
  while (mantissa >= 2) {
    mantissa /= 2
    exponent++
  }
  while (mantissa < 1 && exponent > -1022) {
    mantissa *= 2
    exponent--
  }
  // 52 bits after the point are 13 digits.
  let bits = BigInt(Math.round(mantissa * 2 ** 52))
  if (precision >= 0 && precision < 13) {
    const dropped = BigInt(4 * (13 - precision))
    const half = 1n << (dropped - 1n)
    const rest = bits & ((1n << dropped) - 1n)
    bits >>= dropped
    if (rest > half || (rest === half && (bits & 1n) === 1n)) bits++
    bits <<= dropped
  }
  let digits = (bits & ((1n << 52n) - 1n)).toString(16).padStart(13, '0')
  digits =
    precision < 0 ? digits.replace(/0+$/, '') : digits.slice(0, precision).padEnd(precision, '0')
  return `0x${bits >> 52n}${digits === '' ? '' : '.' + digits}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

/** A value as Lua source that reads back as the same. */
function quote(value: Value, index: number): string {
  if (typeof value === 'string') {
    return (
      '"' +
      // eslint-disable-next-line no-control-regex
      value.replace(/["\\\0-\x1f\x7f]/g, (c, at: number, all: string) => {
        if (c === '"' || c === '\\' || c === '\n') return '\\' + c
        const code = c.charCodeAt(0)
        return /\d/.test(all.charAt(at + 1)) ? '\\' + String(code).padStart(3, '0') : '\\' + code
      }) +
      '"'
    )
  }
  if (typeof value === 'number') {
    if (Number.isInteger(value) && Math.abs(value) <= 2 ** 63) return numberToString(value)
    if (Number.isNaN(value)) return '(0/0)'
    if (!Number.isFinite(value)) return value > 0 ? '1e9999' : '-1e9999'
    return (value < 0 ? '-' : '') + hexadecimal(Math.abs(value), -1)
  }
  if (value === undefined) return 'nil'
  if (typeof value === 'boolean') return String(value)
  throw new ArgumentError(index, 'value has no literal form')
}
