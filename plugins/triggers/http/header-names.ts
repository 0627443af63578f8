/** The headers of a request as the handler sees them. */
import { canonicalHeaderName, isServersOwnHeader } from '../../../core/http/header-names.js'

const CACHE_LIMIT = 1000
const cache = new Map<string, string>()
/** Stands for a name that no function gets to see. */
const HIDDEN = ''

/** Remembers the first thousand names it sees: the same few come with every request. */
function canonical(name: string): string {
  const known = cache.get(name)
  if (known !== undefined) return known
  const made =
    name.toLowerCase() === 'host' || isServersOwnHeader(name) ? HIDDEN : canonicalHeaderName(name)
  if (cache.size < CACHE_LIMIT) cache.set(name, made)
  return made
}

/**
 * First value of each header of a request, by canonical name; without `Host` and what only the server itself may
 * say (isServersOwnHeader). `raw` is Node's `rawHeaders`: names and values by turns, values as binary strings.
 */
export function toEventHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = canonical(raw[i] as string)
    if (name !== HIDDEN && headers[name] === undefined) headers[name] = raw[i + 1] as string
  }
  return headers
}
