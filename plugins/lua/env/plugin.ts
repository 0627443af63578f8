/** The Lua module `env`. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { envModule } from './module.js'

export default fp(
  async function luaEnv(fastify) {
    fastify.lua.add(envModule(fastify.storage), 'lua-env')
  },
  { name: 'lua-env', dependencies: ['storage', 'lua'] }
)
