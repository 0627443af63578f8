import { LuaFailure } from '../../../core/lua/errors.js'
import { fromBytes, toBytes } from '../../../core/base/binary.js'
import { checkLength, native } from '../native.js'

const encode = native((text: string) => {
  checkLength(Math.ceil(text.length / 3) * 4, 'base64.encode')
  return toBytes(text).toString('base64')
})

/** Strict, unlike Node's own decoder, which drops what it does not know. */
const decode = native((text: string) => {
  const digits = text.replace(/[\r\n]+/g, '')
  const body = digits.endsWith('==')
    ? digits.slice(0, -2)
    : digits.endsWith('=')
      ? digits.slice(0, -1)
      : digits
  const bad = /[^A-Za-z0-9+/]/.exec(body)
  if (bad !== null) {
    throw new LuaFailure(
      `not base64: byte ${bad[0].charCodeAt(0)} at position ${bad.index + 1} is not of the standard alphabet`
    )
  }
  if (digits.length % 4 !== 0 || body.length % 4 === 1) {
    throw new LuaFailure('not base64: the text is cut or its padding is missing')
  }
  return fromBytes(Buffer.from(body, 'base64'))
})

const encodeUrl = native((text: string) => {
  checkLength(Math.ceil(text.length / 3) * 4, 'base64.encodeUrl')
  return toBytes(text).toString('base64url')
})

const decodeUrl = native((text: string) => {
  const body = text.replace(/={1,2}$/, '')
  const bad = /[^A-Za-z0-9\-_]/.exec(body)
  if (bad !== null) {
    throw new LuaFailure(
      `not base64: byte ${bad[0].charCodeAt(0)} at position ${bad.index + 1} is not of the alphabet for addresses`
    )
  }
  const isCut = body.length % 4 === 1 || (body !== text && text.length % 4 !== 0)
  if (isCut) throw new LuaFailure('not base64: the text is cut or its padding is wrong')
  return fromBytes(Buffer.from(body, 'base64url'))
})

export const functions = { encode, decode, encodeUrl, decodeUrl }
