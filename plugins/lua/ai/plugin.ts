/** The Lua module `ai`. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { aiModule } from './module.js'

export default fp(
  async function luaAi(fastify) {
    fastify.lua.add(
      aiModule({ storage: fastify.storage, http: fastify.outgoingHttp, ids: fastify.ids }),
      'lua-ai'
    )
  },
  { name: 'lua-ai', dependencies: ['storage', 'outgoing-http', 'lua'] }
)
