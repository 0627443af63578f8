/** `url` in the sandbox. */
import { LuaFailure } from '../../../core/lua/errors.js'
import { checkLength, native } from '../native.js'
import { escapeAll, unescapeQuery } from '../../../core/base/percent-escapes.js'
import { parseUrl } from './parse.js'

const encode = native((text: string) => {
  checkLength(text.length * 3, 'url.encode')
  return escapeAll(text).replaceAll('%20', '+')
})

const encodePath = native((text: string) => {
  checkLength(text.length * 3, 'url.encodePath')
  return escapeAll(text)
})

const decode = native((text: string) => {
  const decoded = unescapeQuery(text)
  if (decoded === undefined) {
    throw new LuaFailure('the text has a % that is not followed by two hexadecimal digits')
  }
  return decoded
})

export const functions = {
  parse: native((text: string) => parseUrl(text)),
  encode,
  encodePath,
  decode
}
