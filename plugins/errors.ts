/** What every request ends with when it fails, and what an address without a route gives. */
import fp from 'fastify-plugin'
import { answerError } from '../core/api/error-answer.js'

export default fp(async function errors (fastify) {
  fastify.setErrorHandler(answerError)
  fastify.setNotFoundHandler(async (request, reply) =>
    reply.code(404).header('x-request-id', request.id).type('text/plain; charset=utf-8').send('Not found\n'))
}, { name: 'errors' })
