/** string.pack, string.unpack and string.packsize: values in binary layouts. */
import { ArgumentError, LuaThrow } from '../errors.js'
import { charge } from '../memory.js'
import type { Value } from '../value.js'
import { checkInteger, checkNumber, checkString } from './arguments.js'

const NATIVE_ALIGNMENT = 8
const LARGEST = 16
const MAX_BYTES = 2 ** 31 - 1
const ZERO = 48
/** Rough bytes that V8 takes for each piece of a text that grows. */
const PIECE_BYTES = 48

interface Field {
  readonly kind:
    'int' | 'uint' | 'float' | 'double' | 'fixed' | 'counted' | 'zero' | 'byte' | 'align'
  readonly size: number
  /** Bytes to skip so that the field is aligned, by the offset it would have. */
  readonly padding: (offset: number) => number
  readonly little: boolean
}

const SIZES: Readonly<Record<string, readonly [Field['kind'], number]>> = {
  b: ['int', 1],
  B: ['uint', 1],
  h: ['int', 2],
  H: ['uint', 2],
  l: ['int', 8],
  L: ['uint', 8],
  j: ['int', 8],
  J: ['uint', 8],
  T: ['uint', 8],
  f: ['float', 4],
  d: ['double', 8],
  n: ['double', 8]
}

const isDigit = (code: number): boolean => code >= ZERO && code <= ZERO + 9

/** The fields of a layout, in order. */
function* fields(pattern: string): Generator<Field> {
  let at = 0
  let little = true
  let alignment = 1
  const number = (fallback: number): number => {
    const start = at
    let n = 0
    // One digit more could be too much; what is left of them is then no option, as in PUC Lua.
    while (n <= (MAX_BYTES - 9) / 10 && isDigit(pattern.charCodeAt(at))) {
      n = n * 10 + pattern.charCodeAt(at++) - ZERO
    }
    return at === start ? fallback : n
  }
  const size = (fallback: number): number => {
    const n = number(fallback)
    if (n < 1 || n > LARGEST) {
      throw new LuaThrow(`integral size (${n}) out of limits [1,${LARGEST}]`)
    }
    return n
  }
  const field = (kind: Field['kind'], bytes: number, align = bytes): Field => {
    const unit = Math.min(align, alignment)
    if (unit > 1 && (unit & (unit - 1)) !== 0) {
      throw new ArgumentError(1, 'format asks for alignment not power of 2')
    }
    return {
      kind,
      size: bytes,
      little,
      padding: offset => (unit <= 1 ? 0 : (unit - (offset & (unit - 1))) & (unit - 1))
    }
  }
  while (at < pattern.length) {
    const c = pattern.charAt(at++)
    const known = SIZES[c]
    if (known !== undefined) yield field(known[0], known[1])
    else if (c === 'i') yield field('int', size(4))
    else if (c === 'I') yield field('uint', size(4))
    else if (c === 's') yield field('counted', size(8))
    else if (c === 'z') yield field('zero', 0, 1)
    else if (c === 'x') yield field('byte', 1, 1)
    else if (c === 'c') {
      const count = number(-1)
      if (count < 0) throw new LuaThrow("missing size for format option 'c'")
      yield field('fixed', count, 1)
    } else if (c === 'X') {
      const next = pattern.charAt(at++)
      const unit =
        SIZES[next]?.[1] ?? ('iIs'.includes(next) && next !== '' ? size(next === 's' ? 8 : 4) : 0)
      if (unit === 0) throw new ArgumentError(1, "invalid next option for option 'X'")
      yield { ...field('align', 0, unit), size: 0 }
    } else if (c === '<' || c === '=') little = true
    else if (c === '>') little = false
    else if (c === '!') alignment = size(NATIVE_ALIGNMENT)
    else if (c !== ' ') throw new LuaThrow(`invalid format option '${c}'`)
  }
}

export function pack(args: Value[]): string {
  let result = ''
  let next = 1
  for (const field of fields(checkString(args[0], 1))) {
    charge(PIECE_BYTES + field.size)
    result += '\0'.repeat(field.padding(result.length))
    if (field.kind === 'align') continue
    if (field.kind === 'byte') {
      result += '\0'
      continue
    }
    result += packOne(field, args[next], next + 1)
    next++
  }
  return result
}

function packOne(field: Field, value: Value, index: number): string {
  const { kind, size, little } = field
  switch (kind) {
    case 'int':
    case 'uint': {
      const n = checkInteger(value, index)
      const least = kind === 'int' ? -(2 ** (size * 8 - 1)) : -(2 ** 63)
      const most = kind === 'int' ? 2 ** (size * 8 - 1) : 2 ** (size * 8)
      if (size < 8 && (n < (kind === 'int' ? least : 0) || n >= most)) {
        throw new ArgumentError(index, kind === 'int' ? 'integer overflow' : 'unsigned overflow')
      }
      return integerBytes(BigInt(n), size, little)
    }
    case 'float':
    case 'double':
      return floatBytes(checkNumber(value, index), size, little)
    case 'fixed': {
      const text = checkString(value, index)
      if (text.length > size) throw new ArgumentError(index, 'string longer than given size')
      return text.padEnd(size, '\0')
    }
    case 'counted': {
      const text = checkString(value, index)
      if (size < 8 && text.length >= 2 ** (size * 8)) {
        throw new ArgumentError(index, 'string length does not fit in given size')
      }
      return integerBytes(BigInt(text.length), size, little) + text
    }
    default: {
      const text = checkString(value, index)
      if (text.includes('\0')) throw new ArgumentError(index, 'string contains zeros')
      return text + '\0'
    }
  }
}

function integerBytes(n: bigint, size: number, little: boolean): string {
  let rest = BigInt.asUintN(size * 8, n)
  let text = ''
  for (let i = 0; i < size; i++) {
    const byte = String.fromCharCode(Number(rest & 255n))
    text = little ? text + byte : byte + text
    rest >>= 8n
  }
  return text
}

function floatBytes(n: number, size: number, little: boolean): string {
  const view = new DataView(new ArrayBuffer(size))
  if (size === 4) view.setFloat32(0, n, little)
  else view.setFloat64(0, n, little)
  return String.fromCharCode(...new Uint8Array(view.buffer))
}

export function packSize(pattern: string): number {
  let total = 0
  for (const field of fields(pattern)) {
    if (field.kind === 'counted' || field.kind === 'zero') {
      throw new ArgumentError(1, 'variable-length format')
    }
    total += field.padding(total) + field.size
    if (total > MAX_BYTES) throw new ArgumentError(1, 'format result too large')
  }
  return total
}

export function unpackValues(pattern: string, text: string, from: number): Value[] {
  let at = (from < 0 ? (-from > text.length ? 0 : text.length + from + 1) : from) - 1
  if (at < 0 || at > text.length) throw new ArgumentError(3, 'initial position out of string')
  const values: Value[] = []
  const take = (count: number): string => {
    if (count > text.length - at) throw new ArgumentError(2, 'data string too short')
    at += count
    return text.slice(at - count, at)
  }
  for (const field of fields(pattern)) {
    take(field.padding(at))
    switch (field.kind) {
      case 'int':
      case 'uint':
        values.push(toInteger(take(field.size), field))
        break
      case 'float':
      case 'double':
        values.push(toFloat(take(field.size), field))
        break
      case 'fixed':
        values.push(take(field.size))
        break
      case 'counted':
        values.push(take(toInteger(take(field.size), { ...field, kind: 'uint' })))
        break
      case 'zero': {
        const end = text.indexOf('\0', at)
        if (end < 0) throw new ArgumentError(2, "unfinished string for format 'z'")
        values.push(take(end - at))
        at++
        break
      }
      case 'byte':
        take(1)
        break
      case 'align':
        break
    }
  }
  values.push(at + 1)
  return values
}

function toInteger(bytes: string, { size, little, kind }: Field): number {
  let n = 0n
  for (let i = 0; i < size; i++) n = (n << 8n) | BigInt(bytes.charCodeAt(little ? size - 1 - i : i))
  const value = kind === 'int' ? BigInt.asIntN(size * 8, n) : n
  if (size > 8 && BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value) {
    throw new LuaThrow(`${size}-byte integer does not fit into Lua Integer`)
  }
  return Number(value)
}

function toFloat(bytes: string, { size, little }: Field): number {
  const view = new DataView(Uint8Array.from(bytes, c => c.charCodeAt(0)).buffer)
  return size === 4 ? view.getFloat32(0, little) : view.getFloat64(0, little)
}
