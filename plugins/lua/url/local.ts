import { LuaFailure } from '../../../core/lua/errors.js'
import { checkLength, native } from '../native.js'
import { unescapeQuery } from './escapes.js'
import { parseUrl } from './parse.js'

const SAFE = /[^A-Za-z0-9\-_.~]/g

const encode = native((text: string) => {
  checkLength(text.length * 3, 'url.encode')
  return text.replace(SAFE, byte =>
    byte === ' ' ? '+' : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  )
})

const decode = native((text: string) => {
  const decoded = unescapeQuery(text)
  if (decoded === undefined) {
    throw new LuaFailure('the text has a % that is not followed by two hexadecimal digits')
  }
  return decoded
})

export const functions = { parse: native((text: string) => parseUrl(text)), encode, decode }
