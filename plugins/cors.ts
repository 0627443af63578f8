/**
 * Cross-origin headers on every answer, errors included, and 204 for OPTIONS on any path: functions are
 * called from pages of other hosts. The session cookie is SameSite=Strict, so this opens nothing else.
 */
import fp from 'fastify-plugin'

export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, DELETE, PATCH, OPTIONS',
  'access-control-allow-headers': 'Content-Type, Authorization',
  'access-control-expose-headers': 'X-Function-Id, X-Function-Version-Id, X-Execution-Id, X-Execution-Duration-Ms'
} as const

export default fp(async function cors (fastify) {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers(corsHeaders)
    if (request.method === 'OPTIONS') return reply.code(204).send()
  })
}, { name: 'cors' })
