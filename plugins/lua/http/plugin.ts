/** The Lua module `http`. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { httpModule } from './module.js'

export default fp(async function luaHttp (fastify) {
  fastify.lua.add(httpModule(fastify.outgoingHttp), 'lua-http')
}, { name: 'lua-http', dependencies: ['outgoing-http', 'lua'] })
