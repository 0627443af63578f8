/** `random` in the sandbox. */
import { LuaFailure, LuaMisuse } from '../../../core/lua/errors.js'
import { checkLength, native, wholeNumber } from '../native.js'
import { numberToString } from '../../../core/base/number-text.js'
import { random53, randomBelow, randomBytes } from '../random-bytes.js'
import { nextId } from './id.js'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const MAX = 2 ** 53

const int = native((min: number, max: number) => {
  const low = wholeNumber(min, 1, 'random.int', -MAX, MAX)
  const high = wholeNumber(max, 2, 'random.int', -MAX, MAX)
  if (low > high) {
    throw new LuaMisuse(`bad argument #2 to 'random.int' (max ${high} is below min ${low})`)
  }
  if (high - low >= MAX) {
    throw new LuaMisuse(`bad argument #2 to 'random.int' (the range has more than ${MAX} numbers)`)
  }
  return low + randomBelow(high - low + 1)
})

const float = native(() => random53() / MAX)

const string = native((n: number) => {
  const length = wholeNumber(n, 1, 'random.string', 1, MAX)
  checkLength(length, 'random.string')
  let text = ''
  while (text.length < length) {
    // Of 64 values two have no letter; those are drawn again, so that all letters are as likely.
    for (const byte of randomBytes(Math.min(4096, length - text.length))) {
      text += ALPHABET.charAt(byte & 63)
    }
  }
  return text
})

const encoded = (encoding: 'base64' | 'hex', perByte: number) =>
  native((n: number) => {
    const name = encoding === 'hex' ? 'random.hex' : 'random.bytes'
    const length = Math.trunc(n)
    if (!(length >= 1)) {
      throw new LuaFailure(`'${name}' needs a number of at least 1, got ${numberToString(n)}`)
    }
    checkLength(Math.ceil(length * perByte), name)
    return randomBytes(length).toString(encoding)
  })

export const functions = {
  int,
  float,
  string,
  bytes: encoded('base64', 4 / 3),
  hex: encoded('hex', 2),
  id: native(() => nextId())
}
