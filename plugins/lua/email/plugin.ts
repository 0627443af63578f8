/** The Lua module `email`. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { emailModule } from './module.js'

export default fp(
  async function luaEmail(fastify) {
    fastify.lua.add(
      emailModule({ storage: fastify.storage, http: fastify.outgoingHttp, ids: fastify.ids }),
      'lua-email'
    )
  },
  { name: 'lua-email', dependencies: ['storage', 'outgoing-http', 'lua'] }
)
