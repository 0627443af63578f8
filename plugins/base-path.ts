/** BASE_PATH: the server lives below a path of its host, and is nowhere else (core/connections/base-path.ts). */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import '../core/contracts/server.js'
import { outsideText } from '../core/base/outside-text.js'
import { enterBasePath, placeOf } from '../core/connections/base-path.js'
import { addressOf } from '../core/connections/called-address.js'

/** Loaded early, so that what is outside is answered before anything looks at it. */
export default fp(
  async function basePath(fastify) {
    const { BASE_PATH } = fastify.config
    if (BASE_PATH === '') return

    fastify.addHook('onRequest', (request, reply, done) => {
      const place = placeOf(request.raw)
      const isOutside = place !== undefined && place.basePath === undefined
      if (!isOutside || addressOf(request.raw)?.route !== undefined) return done()
      reply
        .code(404)
        .header('x-request-id', request.id)
        .type('text/plain; charset=utf-8')
        .send(outsideText(BASE_PATH))
    })
  },
  { name: 'base-path' }
)

/**
 * Takes the path off each request. Loaded behind all that put themselves before the server's own handling, and in a
 * scope of its own: Fastify makes those ready in the order in which they were loaded, and then this comes first.
 */
export async function takeOffBasePath(fastify: FastifyInstance): Promise<void> {
  const { BASE_PATH, FUNCTIONS_HOST } = fastify.config
  if (BASE_PATH === '') return

  fastify.addHook('onReady', async () => {
    fastify.server.prependListener('request', (request: IncomingMessage) => {
      // Functions that have a host or port of their own are there without it.
      if (FUNCTIONS_HOST !== undefined && fastify.servesFunctions(request)) return
      enterBasePath(request, BASE_PATH)
    })
  })
}
