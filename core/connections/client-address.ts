/** The address a request comes from; behind trusted proxies, the address of their client. */
import type { IncomingMessage } from 'node:http'
import proxyAddr from '@fastify/proxy-addr'
import type { Config } from '../../config/schema.js'
import { compileTrust } from './trusted-proxies.js'

/** Reads it as Fastify does, for requests that Fastify has not seen yet. */
export function createAddressReader(
  trusted: Config['TRUST_PROXY']
): (request: IncomingMessage) => string {
  const isTrusted = compileTrust(trusted)
  if (isTrusted === undefined) return request => request.socket.remoteAddress ?? ''
  return request => proxyAddr(request, isTrusted)
}
