/** The host name that a request is for: in lower case, without port; behind a trusted proxy that of its client. */
import type { IncomingMessage } from 'node:http'
import type { Config } from '../../config/schema.js'
import { compileTrust } from './trusted-proxies.js'

/** Reads it as Fastify does, for requests that Fastify has not seen yet. */
export function createHostReader(
  trusted: Config['TRUST_PROXY']
): (request: IncomingMessage) => string {
  const isTrusted = compileTrust(trusted)
  if (isTrusted === undefined) return ({ headers }) => toHostName(headers.host ?? '')
  return ({ headers, socket }) => {
    const forwarded = headers['x-forwarded-host']
    const isForwarded =
      typeof forwarded === 'string' && forwarded !== '' && isTrusted(socket.remoteAddress ?? '', 0)
    return toHostName(isForwarded ? (forwarded.split(',').at(-1) ?? '') : (headers.host ?? ''))
  }
}

const toHostName = (host: string): string =>
  host.trim().toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
