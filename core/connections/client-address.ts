/** The address of whoever makes a request; behind proxies that are trusted that of their client. */
import type { IncomingMessage } from 'node:http'
import proxyAddr from '@fastify/proxy-addr'
import type { Config } from '../../config/schema.js'

/** Reads it as Fastify does, for requests that Fastify has not seen yet. */
export function createAddressReader(
  trusted: Config['TRUST_PROXY']
): (request: IncomingMessage) => string {
  if (trusted === false) return request => request.socket.remoteAddress ?? ''
  const isTrusted = trusted === true ? () => true : proxyAddr.compile([...trusted])
  return request => proxyAddr(request, isTrusted)
}
