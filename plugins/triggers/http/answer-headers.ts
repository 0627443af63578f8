/** Which headers of a function's answer reach its caller. */
import type { FastifyReply } from 'fastify'
import type { AnswerHead } from '../../../core/contracts/invocation.js'
import { withoutSettingSession } from '../../../core/http/session-cookie.js'

/** They describe the connection, the framing, or the run itself; those are the server's to set. */
const serversOwn = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-execution-id',
  'x-function-id',
  'x-function-version-id',
  'x-execution-duration-ms'
])

/** What browsers apply to a whole host name, whatever its ports: its cookies and stored data, its TLS. */
const hostWide = ['clear-site-data', 'strict-transport-security']
/** What they apply to a whole origin: where its traffic goes and is reported to, how far a service worker reaches. */
const originWide = ['service-worker-allowed', 'alt-svc', 'nel', 'report-to']

/** How near functions are to the dashboard: on its origin, on another port of its host, or on a host of their own. */
export type Neighbourhood = 'origin' | 'host' | 'apart'

export interface ResponseRules {
  readonly neighbourhood: Neighbourhood
  /** The function's settings say what pages of other origins may do, and no handler says otherwise. */
  readonly hasCorsRules: boolean
}

const dropped: Readonly<Record<Neighbourhood, ReadonlySet<string>>> = {
  origin: new Set([...serversOwn, ...hostWide, ...originWide]),
  host: new Set([...serversOwn, ...hostWide]),
  apart: serversOwn
}

/**
 * Sets the headers of an answer, without those that would speak for the server or act on the dashboard. The cookie
 * of the dashboard's session is never set or cleared: cookies know no ports, and may be meant for a parent domain.
 */
export function setAnswerHeaders(
  reply: FastifyReply,
  { headers }: AnswerHead,
  { neighbourhood, hasCorsRules }: ResponseRules
): void {
  const drop = dropped[neighbourhood]
  for (const name in headers) {
    const value = headers[name]
    const lower = name.toLowerCase()
    if (value === undefined || drop.has(lower)) continue
    if (hasCorsRules && lower.startsWith('access-control-')) continue
    if (lower === 'set-cookie') setCookies(reply, typeof value === 'string' ? [value] : value)
    else reply.header(lower, typeof value === 'string' ? value : [...value])
  }
}

/** `reply.header` adds to the cookies that are set already, as the header may be there under several spellings. */
function setCookies(reply: FastifyReply, cookies: readonly string[]): void {
  for (const cookie of cookies) {
    const kept = withoutSettingSession(cookie)
    if (kept !== undefined) reply.header('set-cookie', kept)
  }
}
