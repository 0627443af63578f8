/** The Lua module `kv`. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { kvModule } from './module.js'

export default fp(
  async function luaKv(fastify) {
    fastify.lua.add(kvModule(fastify.storage), 'lua-kv')
  },
  { name: 'lua-kv', dependencies: ['storage', 'lua'] }
)
