/** The utf8 library of Lua 5.3. */
import { ArgumentError, LuaThrow } from '../errors.js'
import type { Vm } from '../vm/vm.js'
import { decodeUtf8, encodeUtf8 } from '../utf8.js'
import { Native } from '../function.js'
import type { Value } from '../value.js'
import { checkInteger, checkString, optionalInteger } from './arguments.js'
import { toNatives } from './library.js'

const isContinuation = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xc0) === 0x80

/** A position from the end made one from the beginning. */
const absolute = (position: number, length: number): number =>
  position >= 0 ? position : -position > length ? 0 : length + position + 1

export function utf8Library(_vm: Vm): ReadonlyArray<readonly [string, Native | string]> {
  const step = new Native('utf8.codes_iterator', (value, index) =>
    nextCode(checkString(value, 1), index as number)
  )
  return [
    ...toNatives(
      {
        char: (...args) =>
          args
            .map((value, i) => {
              const code = checkInteger(value, i + 1)
              if (code < 0 || code > 0x10ffff) throw new ArgumentError(i + 1, 'value out of range')
              return encodeUtf8(code)
            })
            .join(''),
        codepoint: (value, from, to) => codePoints(checkString(value, 1), from, to),
        codes: value => [step, checkString(value, 1), 0],
        len: (value, from, to) => count(checkString(value, 1), from, to),
        offset: (value, n, from) => offset(checkString(value, 1), checkInteger(n, 2), from)
      },
      'utf8.'
    ),
    ['charpattern', '[\0-\x7F\xC2-\xF4][\x80-\xBF]*']
  ]
}

function nextCode(text: string, index: number): Value[] {
  let at = index
  // `index` is the position of the last character, from 1; step over its continuation bytes.
  while (at > 0 && isContinuation(text, at)) at++
  if (at >= text.length) return []
  const decoded = decodeUtf8(text, at)
  if (decoded === undefined || isContinuation(text, at + decoded.length)) {
    throw new LuaThrow('invalid UTF-8 code')
  }
  return [at + 1, decoded.code]
}

function codePoints(text: string, from: Value, to: Value): Value[] {
  const first = absolute(optionalInteger(from, 2, 1), text.length)
  const last = absolute(optionalInteger(to, 3, first), text.length)
  if (first < 1) throw new ArgumentError(2, 'out of range')
  if (last > text.length) throw new ArgumentError(3, 'out of range')
  const codes: Value[] = []
  for (let at = first - 1; at < last;) {
    const decoded = decodeUtf8(text, at)
    if (decoded === undefined) throw new LuaThrow('invalid UTF-8 code')
    codes.push(decoded.code)
    at += decoded.length
  }
  return codes
}

function count(text: string, from: Value, to: Value): Value[] {
  const first = absolute(optionalInteger(from, 2, 1), text.length)
  const last = absolute(optionalInteger(to, 3, -1), text.length)
  if (first < 1 || first - 1 > text.length) {
    throw new ArgumentError(2, 'initial position out of string')
  }
  if (last > text.length) throw new ArgumentError(3, 'final position out of string')
  let n = 0
  for (let at = first - 1; at < last; n++) {
    const decoded = decodeUtf8(text, at)
    if (decoded === undefined) return [undefined, at + 1]
    at += decoded.length
  }
  return [n]
}

function offset(text: string, n: number, from: Value): Value {
  const start = absolute(optionalInteger(from, 3, n >= 0 ? 1 : text.length + 1), text.length)
  if (start < 1 || start - 1 > text.length) throw new ArgumentError(3, 'position out of range')
  let at = start - 1
  if (n === 0) {
    while (at > 0 && isContinuation(text, at)) at--
    return at + 1
  }
  if (isContinuation(text, at)) throw new LuaThrow('initial position is a continuation byte')
  let left = n
  for (; left < 0 && at > 0; left++) {
    do at--
    while (at > 0 && isContinuation(text, at))
  }
  for (left > 0 && left--; left > 0 && at < text.length; left--) {
    do at++
    while (isContinuation(text, at))
  }
  return left === 0 ? at + 1 : undefined
}
