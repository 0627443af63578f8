/** Gives the server its one HTTP client, `fastify.outgoingHttp`, and closes it with the server. */
import type { AddressInfo } from 'node:net'
import fp from 'fastify-plugin'
import '../../core/contracts/server.js'
import { isPublicAddress } from './address.js'
import { createOutgoingHttp } from './client.js'

export default fp(
  async function outgoingHttp(fastify) {
    const { HTTP_ALLOW_PRIVATE, RESPONSE_LIMIT } = fastify.config
    /** Whether a request certainly comes back to this server. */
    const isOwn = (origin: string): boolean =>
      [fastify.baseUrl(), fastify.functionsUrl()].some(url => originOf(url) === origin) ||
      isOwnLoopback(origin, fastify.server.address())
    const client = createOutgoingHttp({
      isAllowed: HTTP_ALLOW_PRIVATE ? () => true : isPublicAddress,
      responseLimit: RESPONSE_LIMIT,
      signChain: (signal, origin) => fastify.callChains.sign(signal, isOwn(origin))
    })
    fastify.decorate('outgoingHttp', client)
    fastify.addHook('onClose', () => client.close())
  },
  { name: 'outgoing-http', dependencies: ['auth'] }
)

const originOf = (url: string): string | undefined => URL.parse(url)?.origin

/** A port of this machine on which nobody else can listen while this server does. */
function isOwnLoopback(origin: string, listening: AddressInfo | string | null): boolean {
  if (listening === null || typeof listening === 'string') return false
  const { address, port } = listening
  if (!['0.0.0.0', '::', '127.0.0.1'].includes(address)) return false
  return origin === `http://127.0.0.1:${port}` || origin === `http://localhost:${port}`
}
