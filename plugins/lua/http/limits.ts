/**
 * How much of a request's head a function may have sent: the server does nothing else while it makes one, and functions
 * send up to 20 at once. Servers take less.
 */
import { LuaFailure } from '../../../core/lua/errors.js'

/** Characters, with the query. */
export const MAX_URL = 64 * 1024
export const MAX_PARAMETERS = 1000
export const MAX_HEADERS = 500

/** Of the address. */
export function checkLength(characters: number): void {
  if (characters > MAX_URL) {
    throw new LuaFailure(`the address has ${characters} characters, at most ${MAX_URL} are sent`)
  }
}

/** `more`: parameters that are joined to those of the address. */
export function checkParameters(url: string, more: number): void {
  const count = more + url.split('&').length
  if (more > 0 && count > MAX_PARAMETERS) {
    throw new LuaFailure(
      `the address has ${count} query parameters, at most ${MAX_PARAMETERS} are encoded anew`
    )
  }
}

export function checkHeaders(headers: Readonly<Record<string, unknown>>): void {
  let count = 0
  for (const value of Object.values(headers)) count += Array.isArray(value) ? value.length : 1
  if (count > MAX_HEADERS) {
    throw new LuaFailure(`the request has ${count} headers, at most ${MAX_HEADERS} are sent`)
  }
}
