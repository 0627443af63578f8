/** The Lua module `log`. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { logModule } from './module.js'

export default fp(
  async function luaLog(fastify) {
    fastify.lua.add(logModule(), 'lua-log')
  },
  { name: 'lua-log', dependencies: ['lua'] }
)
