/** One line in the server's log for each request, with ids and duration. */
import fp from 'fastify-plugin'
import '../core/contracts/server.js'
import { toOriginForm } from '../core/connections/request-target.js'

export default fp(
  async function requestLog(fastify) {
    if (!['info', 'debug', 'trace'].includes(fastify.config.LOG_LEVEL)) return
    fastify.addHook('onResponse', (request, reply, done) => {
      const executionId = reply.getHeader('x-execution-id')
      fastify.log.info(
        {
          reqId: request.id,
          ip: request.ip,
          method: request.method,
          // Without the query: it may hold secrets.
          path: toOriginForm(request.originalUrl).split('?', 1)[0],
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          ...(executionId === undefined
            ? {}
            : { functionId: reply.getHeader('x-function-id'), executionId })
        },
        'request'
      )
      done()
    })
  },
  { name: 'request-log' }
)
