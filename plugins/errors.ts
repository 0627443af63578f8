/** What every request ends with when it fails, and what an address without a route gives. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { answerError } from '../core/http/error-response.js'
import { hasBody } from '../core/connections/read-body.js'

export default fp(
  async function errors(fastify) {
    fastify.setErrorHandler(answerError)
    // Before its body is read.
    fastify.addHook('onRequest', (request, reply, done) => {
      if (request.is404 && hasBody(request.raw)) void answerNotFound(request, reply)
      else done()
    })
    fastify.setNotFoundHandler(answerNotFound)
  },
  { name: 'errors' }
)

const answerNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply
    .code(404)
    .header('x-request-id', request.id)
    .type('text/plain; charset=utf-8')
    .send('Not found\n')
