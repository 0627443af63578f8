import { unescape } from '../../../core/base/percent-escapes.js'

/** The cookies of a `Cookie` header (RFC 6265) by name, decoded; of two with one name the first. */
export function parseCookies(header: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0) continue
    const name = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    if (name === '' || found.has(name)) continue
    const unquoted = /^"(.*)"$/s.exec(value)?.[1] ?? value
    found.set(name, unescape(unquoted) ?? unquoted)
  }
  return found
}
