/**
 * Starts one third-party plugin in a scope of its own: its routes begin with `/plugins/{name}` and need the API key
 * unless they say `config: { public: true }`; its hooks, parsers and error handlers concern its own routes only; the Lua
 * modules it adds are known to be its own.
 */
import type { FastifyInstance } from 'fastify'
import type { PluginTools } from '../../core/contracts/plugin.js'
import { MoonletError } from '../../core/errors.js'
import { moduleProblems } from '../../core/lua/check-module.js'
import type { LuaModule } from '../../core/lua/module.js'
import type { ThirdPartyPlugin } from '../../core/third-party/check-plugin.js'
import { pluginFailure } from '../../core/third-party/failure.js'

/** Rejects with PLUGIN_FAILED, whatever the plugin does wrong. */
export async function startPlugin (server: FastifyInstance, plugin: ThirdPartyPlugin, settings: Readonly<Record<string, unknown>>, tools: PluginTools): Promise<void> {
  try {
    await server.register(async scope => {
      scope.decorate('plugin', tools)
      scope.decorate('lua', { ...server.lua, add: module => { addModule(server, module, plugin.name) } } as typeof server.lua)
      scope.addHook('onRequest', async request => {
        const { public: isPublic } = request.routeOptions.config as { public?: unknown }
        if (isPublic !== true) await server.authenticate(request)
      })
      await scope.register(plugin.register, { settings })
    }, { prefix: `/plugins/${plugin.name}` })
  } catch (error) {
    throw pluginFailure(plugin, 'failed at start', error)
  }
}

/** Whatever owner the plugin names, it is the plugin itself. */
function addModule (server: FastifyInstance, module: LuaModule, owner: string): void {
  const problems = moduleProblems(module)
  if (problems.length > 0) throw new MoonletError('MODULE_INVALID', `its Lua module is not well declared:\n${problems.map(problem => `  - ${problem}`).join('\n')}`)
  server.lua.add(module, owner)
}
