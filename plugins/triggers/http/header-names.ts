/** The headers of a request as the handler sees them. */
import { BareRecord } from '../../../core/base/bare-record.js'
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
 * say (isServersOwnHeader). `more`: names and values in turn of the headers behind the first of their names. `raw` is
 * Node's `rawHeaders`: names and values alternating, values as binary strings. `isHidden` tells of names in lower case
 * which headers are withheld.
 */
export function readEventHeaders(
  raw: readonly string[],
  isHidden?: (lowerName: string) => boolean
): {
  readonly headers: Record<string, string>
  readonly more: readonly string[] | undefined
} {
  const headers = new BareRecord<string>()
  let more: string[] | undefined
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = canonical(raw[i] as string)
    if (name === HIDDEN || isHidden?.(name.toLowerCase()) === true) continue
    const value = raw[i + 1] as string
    if (headers[name] === undefined) headers[name] = value
    else (more ??= []).push(name, value)
  }
  return { headers, more }
}
