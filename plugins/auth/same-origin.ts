/**
 * Keeps other sites from acting with the cookie of somebody who is signed in. Browsers say where a request
 * comes from: in `Sec-Fetch-Site` on https and localhost, in `Origin` on every request that is not GET or HEAD.
 * A request that carries neither was not sent by a page of another site, so programs that keep the cookie work.
 */
import type { FastifyRequest } from 'fastify'

export interface RequestOrigin {
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly secFetchSite: string | undefined
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

export const originOf = ({ headers }: Pick<FastifyRequest, 'headers'>): RequestOrigin => ({
  origin: headers.origin,
  host: headers.host,
  secFetchSite: headers['sec-fetch-site']
})

/**
 * May this request act with a cookie, or get one? `baseUrl` is the public address, which a proxy may have turned into
 * another Host.
 */
export function isSameOrigin(
  method: string,
  { origin, host, secFetchSite }: RequestOrigin,
  baseUrl: string
): boolean {
  if (harmless.has(method)) return true
  // 'none' is the person's own doing, such as a bookmark. 'same-site' may be a function's page on another port.
  if (secFetchSite !== undefined) return secFetchSite === 'same-origin' || secFetchSite === 'none'
  if (origin === undefined) return true
  // A sandboxed page, such as what functions serve, has the origin 'null'.
  if (!URL.canParse(origin)) return false
  const from = new URL(origin)
  return from.host === host?.toLowerCase() || from.origin === new URL(baseUrl).origin
}
