/** Header names in canonical form (`X-My-Header`), as Go's textproto and the reference write them. */
import { isAscii } from '../../../core/binary.js'

const CACHE_LIMIT = 1000
const cache = new Map<string, string>()

/** `x-my-HEADER` gives `X-My-Header`. Remembers the first thousand names it sees. */
export function canonicalHeaderName (name: string): string {
  const known = cache.get(name)
  if (known !== undefined) return known
  const canonical = isAscii(name) ? name.toLowerCase().replace(/(^|-)[a-z]/g, start => start.toUpperCase()) : name
  if (cache.size < CACHE_LIMIT) cache.set(name, canonical)
  return canonical
}

/**
 * First value of each header of a request, by canonical name; `Host` is left out. `raw` is Node's
 * `rawHeaders`: names and values by turns, values as binary strings.
 */
export function toEventHeaders (raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = canonicalHeaderName(raw[i] as string)
    if (name !== 'Host' && headers[name] === undefined) headers[name] = raw[i + 1] as string
  }
  return headers
}
