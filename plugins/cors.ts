/**
 * Cross-origin headers on every response, errors included, and 204 for OPTIONS on any path: functions are
 * called from pages of other hosts. The session cookie is SameSite=Strict, so this opens nothing else.
 */
import fp from 'fastify-plugin'
import { corsHeaders } from '../core/connections/cors-headers.js'

export default fp(
  async function cors(fastify) {
    // With a callback, as all hooks that every call passes: an async one costs each a promise.
    fastify.addHook('onRequest', (request, reply, done) => {
      reply.headers(corsHeaders)
      if (request.method === 'OPTIONS') reply.code(204).send()
      else done()
    })
  },
  { name: 'cors' }
)
