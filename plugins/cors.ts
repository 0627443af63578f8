/**
 * Cross-origin headers on every response, errors included, and 204 for OPTIONS on any path: functions are
 * called from pages of other hosts. The session cookie is SameSite=Strict, so this opens nothing else. A function may
 * say what holds for it (`cors`), or that it answers OPTIONS and sets these headers itself.
 */
import fp from 'fastify-plugin'
import { addressOf } from '../core/connections/called-address.js'
import { corsHeadersOf } from '../core/connections/cors-headers.js'

export default fp(
  async function cors(fastify) {
    // With a callback, as all hooks that every call passes: an async one costs each a promise.
    fastify.addHook('onRequest', (request, reply, done) => {
      const rules = addressOf(request.raw)?.cors
      reply.headers(corsHeadersOf(rules, request.raw))
      if (request.method === 'OPTIONS' && rules !== 'function') reply.code(204).send()
      else done()
    })
  },
  { name: 'cors' }
)
