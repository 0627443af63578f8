/**
 * The string library, on binary JavaScript strings. Replaces Fengari's lstrlib.js, where building and comparing
 * strings in Uint8Arrays was 25 to 44 % of the time of programs that work with text.
 */
import { ArgumentError, LuaThrow } from '../errors.js'
import { chargeString } from '../memory.js'
import type { Vm } from '../vm/vm.js'
import type { Value } from '../value.js'
import { checkInteger, checkString, optionalInteger } from './arguments.js'
import { format } from './format.js'
import type { Functions } from './library.js'
import { pack, packSize, unpackValues } from './pack.js'
import { searchFunctions } from './search.js'
import { luaSub } from './substring.js'

export const stringLibrary = (vm: Vm): Functions => ({
  byte: (value, from, to) => bytes(checkString(value, 1), from, to),
  char: (...args) => {
    let text = ''
    for (let i = 0; i < args.length; i++) {
      const code = checkInteger(args[i], i + 1)
      if (code < 0 || code > 255) throw new ArgumentError(i + 1, 'value out of range')
      text += String.fromCharCode(code)
    }
    return text
  },
  format: (...args) => format(vm, args),
  len: value => checkString(value, 1).length,
  lower: value => lower(checkString(value, 1)),
  pack: (...args) => pack(args),
  packsize: pattern => packSize(checkString(pattern, 1)),
  rep: (value, count, separator) =>
    repeat(
      checkString(value, 1),
      checkInteger(count, 2),
      separator === undefined ? '' : checkString(separator, 3)
    ),
  reverse: value => reverse(checkString(value, 1)),
  sub: (value, from, to) =>
    luaSub(checkString(value, 1), checkInteger(from, 2), optionalInteger(to, 3, -1)),
  unpack: (pattern, value, from) =>
    unpackValues(checkString(pattern, 1), checkString(value, 2), optionalInteger(from, 3, 1)),
  upper: value => upper(checkString(value, 1)),
  ...searchFunctions(vm)
})

/** Values that one call may give. */
const MAX_RESULTS = 250000

function bytes(text: string, from: Value, to: Value): Value | Value[] {
  const { length } = text
  let first = optionalInteger(from, 2, 1)
  if (first < 0) first = Math.max(length + first + 1, 0)
  if (to === undefined && first > 0) return first <= length ? text.charCodeAt(first - 1) : []
  let last = optionalInteger(to, 3, first)
  if (last < 0) last = length + last + 1
  else if (last > length) last = length
  if (first === 0) first = 1
  if (last - first >= MAX_RESULTS) throw new LuaThrow('string slice too long')
  const codes: number[] = []
  for (let i = first; i <= last; i++) codes.push(text.charCodeAt(i - 1))
  return codes
}

// Only ASCII letters have case, as in the C locale; JavaScript would also change bytes above 127.
const HIGH = /[^\0-\x7f]/
const lower = (text: string): string =>
  charged(
    HIGH.test(text) ? text.replace(/[A-Z]+/g, part => part.toLowerCase()) : text.toLowerCase()
  )
const upper = (text: string): string =>
  charged(
    HIGH.test(text) ? text.replace(/[a-z]+/g, part => part.toUpperCase()) : text.toUpperCase()
  )

function charged(text: string): string {
  chargeString(text.length)
  return text
}

function repeat(text: string, count: number, separator: string): string {
  if (count <= 0) return ''
  const length = (text.length + separator.length) * count - separator.length
  if (length === 0) return ''
  chargeString(length)
  return separator === '' ? text.repeat(count) : (text + separator).repeat(count - 1) + text
}

function reverse(text: string): string {
  let result = ''
  for (let i = text.length - 1; i >= 0; i--) result += text.charAt(i)
  return charged(result)
}
