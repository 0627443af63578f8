/**
 * FUNCTIONS_HOST: functions on a host name or port of their own, where neither dashboard nor API answers, and
 * no functions where those answer. With a port, a second listener hands its connections to the same server.
 */
import { createServer, type Server } from 'node:net'
import fp from 'fastify-plugin'
import '../core/contracts/server.js'
import { addressOf } from '../core/connections/called-address.js'
import { createAuthorityReader } from '../core/connections/requested-host.js'
import { functionsUrl, isForHost, type FunctionsAddress } from '../config/functions-address.js'

export default fp(
  async function functionsHost(fastify) {
    const address = fastify.config.FUNCTIONS_HOST
    const readAuthority = createAuthorityReader(fastify.config.TRUST_PROXY)
    let listener: Server | undefined
    const listeningPort = () => {
      const bound = listener?.address()
      return typeof bound === 'object' ? bound?.port : undefined
    }
    fastify.decorate('functionsUrl', () =>
      address === undefined
        ? fastify.baseUrl()
        : functionsUrl(address, fastify.baseUrl(), listeningPort())
    )
    fastify.decorate(
      'servesFunctions',
      request =>
        address === undefined ||
        (address.kind === 'port'
          ? request.socket.localPort === listeningPort()
          : isForHost(address, readAuthority(request)))
    )
    if (address === undefined) return

    fastify.addHook('onRequest', async (request, reply) => {
      if (addressOf(request.raw)?.route !== undefined) return
      const forFunction = /^\/fn(\/|$)/.test(request.url)
      if (forFunction === fastify.servesFunctions(request.raw)) return
      return reply
        .code(404)
        .type('text/plain')
        .send(
          forFunction
            ? `Functions answer at ${fastify.functionsUrl()}\n`
            : 'Only functions answer here\n'
        )
    })

    if (address.kind === 'port') {
      fastify.addHook('onReady', async () => {
        listener = await listen(address)
        fastify.listeners.push(listener)
      })
      fastify.addHook('preClose', async () => {
        if (listener === undefined) return
        listener.close()
      })
    }

    async function listen({ port }: Extract<FunctionsAddress, { kind: 'port' }>): Promise<Server> {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
        fastify.server.emit('connection', socket)
      })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, fastify.config.HOST, resolve)
      })
      return server
    }
  },
  { name: 'functions-host' }
)
