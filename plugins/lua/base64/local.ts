/** `base64` in the sandbox. */
import { LuaFailure } from '../../../core/lua/errors.js'
import { fromBytes, toBytes } from '../../../core/base/binary.js'
import { checkLength, native } from '../native.js'

type Alphabet = 'base64' | 'base64url'

const encoder = (alphabet: Alphabet, name: string) =>
  native((text: string) => {
    checkLength(Math.ceil(text.length / 3) * 4, name)
    return toBytes(text).toString(alphabet)
  })

/** Strict, unlike Node's own decoder, which drops what it does not know. */
const decode = native((text: string) => {
  const digits = text.replace(/[\r\n]+/g, '')
  const body = withoutPadding(digits)
  checkDigits(body, /[^A-Za-z0-9+/]/, 'the standard alphabet')
  if (digits.length % 4 !== 0 || body.length % 4 === 1) {
    throw new LuaFailure('not base64: the text is cut or its padding is missing')
  }
  return fromBytes(Buffer.from(body, 'base64'))
})

const decodeUrl = native((text: string) => {
  const body = withoutPadding(text)
  checkDigits(body, /[^A-Za-z0-9\-_]/, 'the alphabet for addresses')
  const isCut = body.length % 4 === 1 || (body !== text && text.length % 4 !== 0)
  if (isCut) throw new LuaFailure('not base64: the text is cut or its padding is wrong')
  return fromBytes(Buffer.from(body, 'base64url'))
})

const withoutPadding = (text: string): string => text.replace(/={1,2}$/, '')

function checkDigits(body: string, foreign: RegExp, alphabet: string): void {
  const bad = foreign.exec(body)
  if (bad === null) return
  throw new LuaFailure(
    `not base64: byte ${bad[0].charCodeAt(0)} at position ${bad.index + 1} is not of ${alphabet}`
  )
}

export const functions = {
  encode: encoder('base64', 'base64.encode'),
  decode,
  encodeUrl: encoder('base64url', 'base64.encodeUrl'),
  decodeUrl
}
