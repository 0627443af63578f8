/** What browsers are told of calls from pages of other origins. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { isHttpToken } from '../base/http-token.js'
import type { Cors, CorsRules } from '../contracts/front-door.js'

const exposed = 'X-Function-Id, X-Function-Version-Id, X-Execution-Id, X-Execution-Duration-Ms'
const methods = 'GET, POST, PUT, DELETE, PATCH, OPTIONS'
const usualHeaders = 'Content-Type, Authorization'

/** On every response, errors included: functions are called from pages of other hosts. */
export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': methods,
  'access-control-allow-headers': usualHeaders,
  'access-control-expose-headers': exposed
} as const

const MAX_LIST_LENGTH = 4096

/** The headers that answer a request where a function has said `cors`; undefined: it has not, or there is none. */
export function corsHeadersOf(
  cors: Cors | undefined,
  request: Pick<IncomingMessage, 'method' | 'headers'>
): OutgoingHttpHeaders {
  if (cors === 'function') return {}
  if (cors !== undefined) return headersByRules(cors, request)
  const asked = request.method === 'OPTIONS' ? askedHeaders(request) : undefined
  if (asked === undefined) return corsHeaders
  return { ...corsHeaders, 'access-control-allow-headers': `${usualHeaders}, ${asked}` }
}

/** A page whose origin is not listed gets no CORS headers. */
function headersByRules(
  rules: CorsRules,
  request: Pick<IncomingMessage, 'method' | 'headers'>
): OutgoingHttpHeaders {
  const isForAll = rules.origins.includes('*')
  const vary = isForAll ? {} : { vary: 'Origin' }
  const { origin } = request.headers
  if (!isForAll && (origin === undefined || !rules.origins.includes(origin))) return vary
  return {
    ...vary,
    'access-control-allow-origin': isForAll ? '*' : origin,
    ...(rules.credentials === true && { 'access-control-allow-credentials': 'true' }),
    ...(request.method === 'OPTIONS'
      ? preflightHeaders(rules, request)
      : { 'access-control-expose-headers': exposed })
  }
}

function preflightHeaders(
  { headers, max_age: maxAge }: CorsRules,
  request: Pick<IncomingMessage, 'headers'>
): OutgoingHttpHeaders {
  const allowed = headers === undefined ? askedHeaders(request) : headers.join(', ')
  return {
    'access-control-allow-methods': methods,
    ...(allowed !== undefined && allowed !== '' && { 'access-control-allow-headers': allowed }),
    ...(maxAge !== undefined && { 'access-control-max-age': String(maxAge) })
  }
}

/** What a preflight asks for, where it is a list of names. */
function askedHeaders({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const asked = headers['access-control-request-headers']
  if (typeof asked !== 'string' || asked.length > MAX_LIST_LENGTH) return undefined
  // Blanks are told by a pattern that begins at one place: a list of thousands of them costs next to nothing.
  const names = asked.split(',').map(name => /^[ \t]*([^ \t]+)[ \t]*$/.exec(name)?.[1] ?? '')
  return names.every(isHttpToken) ? asked : undefined
}
