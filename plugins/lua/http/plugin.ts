/** The Lua module `http`. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { httpModule } from './module.js'

export default fp(
  async function luaHttp(fastify) {
    const {
      ids,
      storage: { executions }
    } = fastify
    fastify.lua.add(
      httpModule(fastify.outgoingHttp, {
        ids,
        append: record => {
          executions.appendHttpRequest(record)
        }
      }),
      'lua-http'
    )
  },
  { name: 'lua-http', dependencies: ['storage', 'outgoing-http', 'lua'] }
)
