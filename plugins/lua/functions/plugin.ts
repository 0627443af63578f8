/** The Lua module `functions`. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { functionsModule } from './module.js'

export default fp(
  async function luaFunctions(fastify) {
    const { addressBook, functionCache, frontDoor, nextRequestId } = fastify
    fastify.lua.add(
      functionsModule({
        addressBook,
        functionCache,
        frontDoor,
        nextRequestId,
        // It comes after the modules, whose functions it runs.
        invoker: () => fastify.invoker,
        jobs: () => fastify.jobs
      }),
      'lua-functions'
    )
  },
  { name: 'lua-functions', dependencies: ['addresses', 'function-cache', 'front-door', 'lua'] }
)
