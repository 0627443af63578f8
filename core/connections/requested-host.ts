/** The host that a request is for; behind a trusted proxy the one that its client asked for. */
import type { IncomingMessage } from 'node:http'
import type { Config } from '../../config/schema.js'
import { compileTrust } from './trusted-proxies.js'

/** The host with its port, as it was sent; reads it as Fastify does, for requests that Fastify has not seen yet. */
export function createAuthorityReader(
  trusted: Config['TRUST_PROXY']
): (request: IncomingMessage) => string {
  const isTrusted = compileTrust(trusted)
  if (isTrusted === undefined) return ({ headers }) => headers.host ?? ''
  return ({ headers, socket }) => {
    const forwarded = headers['x-forwarded-host']
    const isForwarded =
      typeof forwarded === 'string' && forwarded !== '' && isTrusted(socket.remoteAddress ?? '', 0)
    return isForwarded ? (forwarded.split(',').at(-1) ?? '').trim() : (headers.host ?? '')
  }
}

/** The host's name alone, in lower case. */
export function createHostReader(
  trusted: Config['TRUST_PROXY']
): (request: IncomingMessage) => string {
  const readAuthority = createAuthorityReader(trusted)
  return request => toHostName(readAuthority(request))
}

const toHostName = (host: string): string =>
  host.trim().toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
