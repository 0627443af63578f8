/** The part of a URL between `//` and the path: user, password, host and port. */
import { LuaFailure } from '../../../core/lua/errors.js'
import { unescape } from '../../../core/base/percent-escapes.js'

export interface Authority {
  readonly host: string
  readonly username?: string
  readonly password?: string
}

/** What a host may hold beside bytes above 127; brackets stand around IPv6 addresses. */
const HOST = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"\x80-\xff]*$/
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/

/** Throws LuaFailure for what no URL can have there. */
export function parseAuthority(text: string): Authority {
  const at = text.lastIndexOf('@')
  const host = parseHost(text.slice(at + 1))
  if (at < 0) return { host }

  const user = text.slice(0, at)
  const colon = user.indexOf(':')
  const username = unescape(colon < 0 ? user : user.slice(0, colon))
  const password = unescape(colon < 0 ? '' : user.slice(colon + 1))
  if (!USER.test(user) || username === undefined || password === undefined) {
    throw new LuaFailure('the user or password in the URL has a character that must be escaped')
  }
  return {
    host,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password })
  }
}

function parseHost(text: string): string {
  const bracket = text.startsWith('[') ? text.lastIndexOf(']') : undefined
  if (bracket === -1) throw new LuaFailure("the host has '[' without ']'")
  const colon = bracket === undefined ? text.lastIndexOf(':') : bracket + 1
  const port = colon < 0 ? '' : text.slice(colon)
  if (!/^(?::\d*)?$/.test(port)) throw new LuaFailure('the port must be a number')

  // The zone of an IPv6 address (RFC 6874) may have escapes of its own.
  const zone = bracket === undefined ? -1 : text.slice(0, bracket).indexOf('%25')
  if (bracket === undefined || zone < 0) return decodeHost(text)
  return (
    decodeHost(text.slice(0, zone)) +
    decodeZone(text.slice(zone, bracket)) +
    decodeHost(text.slice(bracket))
  )
}

/** Escapes in a host stand for bytes above 127 only, or for a percent sign. */
function decodeHost(text: string): string {
  if (/%[0-7](?!5)|%[013-7]5/.test(text)) {
    throw new LuaFailure('the host has an escape that stands for a plain character')
  }
  const decoded = unescape(text)
  if (decoded === undefined) {
    throw new LuaFailure('the host has a % that is not followed by two hexadecimal digits')
  }
  if (!HOST.test(text.replace(/%[0-9A-Fa-f]{2}/g, ''))) {
    throw new LuaFailure('the host has a character that is not allowed there')
  }
  return decoded
}

function decodeZone(text: string): string {
  const decoded = unescape(text)
  if (decoded === undefined) {
    throw new LuaFailure('the host has a % that is not followed by two hexadecimal digits')
  }
  if (!/^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"% \x80-\xff]*$/.test(decoded)) {
    throw new LuaFailure('the host has a character that is not allowed there')
  }
  return decoded
}
