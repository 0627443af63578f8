/** What a redirect asks for next. */
import { toText } from '../../core/binary.js'
import type { Hop, Reply } from './exchange.js'
import { failures } from './failure.js'
import { parseTarget, type Target } from './target.js'

const KEEPS_METHOD = new Set([307, 308])
const CHANGES_METHOD = new Set([301, 302, 303])
/** Credentials; they stay with the host they were meant for. */
const SENSITIVE = new Set(['authorization', 'cookie', 'cookie2', 'proxy-authorization', 'proxy-authenticate', 'www-authenticate'])

/**
 * The request that follows a reply, or undefined when it is no redirect. 301, 302 and 303 turn every method but
 * GET and HEAD into GET without body; 307 and 308 keep method and body. Credentials are dropped for good when the way
 * leaves the first host (its subdomains count as the same) or goes from https to http.
 */
export function nextHop (hop: Hop, reply: Reply, first: Target): Hop | undefined {
  const keepsMethod = KEEPS_METHOD.has(reply.statusCode)
  const location = reply.headers.Location
  if (location === undefined || location === '' || !(keepsMethod || CHANGES_METHOD.has(reply.statusCode))) return undefined

  const target = resolveLocation(location, hop.target)
  const becomesGet = !keepsMethod && hop.method !== 'GET' && hop.method !== 'HEAD'
  const leaves = !isSameSite(target, first)
  const headers = Object.fromEntries(Object.entries(hop.headers).filter(([name]) => {
    const lower = name.toLowerCase()
    return !(leaves && SENSITIVE.has(lower)) && !(becomesGet && lower.startsWith('content-'))
  }))
  return { method: becomesGet ? 'GET' : hop.method, target, headers, body: becomesGet ? undefined : hop.body }
}

function resolveLocation (location: string, base: Target): Target {
  const text = toText(location)
  if (!URL.canParse(text, base.url)) throw failures.badLocation(text)
  return parseTarget(new URL(text, base.url).href)
}

function isSameSite (target: Target, first: Target): boolean {
  if (first.protocol === 'https:' && target.protocol === 'http:') return false
  return target.hostname === first.hostname || target.hostname.endsWith(`.${first.hostname}`)
}
