/** What a redirect asks for next. */
import { toText } from '../../core/base/binary.js'
import type { Hop, Reply } from './exchange.js'
import { failures } from './failure.js'
import { parseTarget, type Target } from './target.js'

const KEEPS_METHOD = new Set([307, 308])
const CHANGES_METHOD = new Set([301, 302, 303])
/**
 * What may go to a host that the caller did not name. A list of what is harmless, since credentials have any name:
 * `X-Api-Key`, `X-Auth-Token`, `Ocp-Apim-Subscription-Key`.
 */
const HARMLESS = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'range',
  'user-agent'
])

/**
 * The request that follows a reply, or undefined when it is not a redirect. 301, 302 and 303 turn every method but
 * GET and HEAD into GET without body; 307 and 308 keep method and body. All headers but harmless ones are dropped for
 * good when the way leaves the first server (its host and port) or goes from https to http.
 */
export function nextHop(hop: Hop, reply: Reply, first: Target): Hop | undefined {
  const keepsMethod = KEEPS_METHOD.has(reply.statusCode)
  const location = reply.headers.Location
  if (
    location === undefined ||
    location === '' ||
    !(keepsMethod || CHANGES_METHOD.has(reply.statusCode))
  ) {
    return undefined
  }

  const target = resolveLocation(location, hop.target)
  const becomesGet = !keepsMethod && hop.method !== 'GET' && hop.method !== 'HEAD'
  const leaves = !isSameServer(target, first)
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(([name]) => {
      const lower = name.toLowerCase()
      return !(leaves && !HARMLESS.has(lower)) && !(becomesGet && lower.startsWith('content-'))
    })
  )
  return {
    method: becomesGet ? 'GET' : hop.method,
    target,
    headers,
    body: becomesGet ? undefined : hop.body
  }
}

function resolveLocation(location: string, base: Target): Target {
  const text = toText(location)
  if (!URL.canParse(text, base.url)) throw failures.badLocation(text)
  return parseTarget(new URL(text, base.url).href)
}

/** A step from http to https, each on its usual port, stays with the server. */
function isSameServer(target: Target, first: Target): boolean {
  if (target.origin === first.origin) return true
  return (
    first.protocol === 'http:' &&
    target.protocol === 'https:' &&
    hasUsualPort(target) &&
    hasUsualPort(first) &&
    target.hostname === first.hostname
  )
}

const hasUsualPort = ({ host, hostname }: Target): boolean => host === hostname
