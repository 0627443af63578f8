/** Gives the server its one HTTP client, `fastify.outgoingHttp`, and closes it with the server. */
import fp from 'fastify-plugin'
import '../../core/contracts/server.js'
import { isPublicAddress } from './address.js'
import { createOutgoingHttp } from './client.js'

export default fp(
  async function outgoingHttp(fastify) {
    const { HTTP_ALLOW_PRIVATE, RESPONSE_LIMIT } = fastify.config
    const client = createOutgoingHttp({
      isAllowed: HTTP_ALLOW_PRIVATE ? () => true : isPublicAddress,
      responseLimit: RESPONSE_LIMIT,
      signChain: signal => fastify.callChains.sign(signal)
    })
    fastify.decorate('outgoingHttp', client)
    fastify.addHook('onClose', () => client.close())
  },
  { name: 'outgoing-http', dependencies: ['auth'] }
)
