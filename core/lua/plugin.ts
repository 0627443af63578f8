/** Puts the registry of Lua modules on the server, for every plugin that adds one. */
import fp from 'fastify-plugin'
import '../contracts/server.js'
import { createLuaRegistry } from './registry.js'

export default fp(
  async function lua(fastify) {
    fastify.decorate('lua', createLuaRegistry())
  },
  { name: 'lua' }
)
