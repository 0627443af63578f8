/**
 * Starts one third-party plugin in a scope of its own: its routes begin with `/plugins/{name}` and need the API key
 * unless they say `config: { public: true }`; its hooks, parsers and error handlers concern its own routes only; the
 * Lua modules it adds are known to be its own.
 */
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { PluginTools } from '../../core/contracts/plugin.js'
import { MoonletError } from '../../core/base/errors.js'
import { moduleProblems } from '../../core/lua/check-module.js'
import type { LuaFunctionDeclaration, LuaModule } from '../../core/lua/module.js'
import { inNameOf, ofPlugin } from '../../core/third-party/attribution.js'
import type { ThirdPartyPlugin } from '../../core/third-party/check-plugin.js'
import { pluginFailure, PluginFailure } from '../../core/third-party/failure.js'
import { limitHooks, startInName } from './lifecycle.js'
import { servePage } from './page-files.js'

/** What a plugin added while it started. */
export interface Added {
  /** Names of Lua modules. */
  readonly modules: string[]
  /** Such as `GET /plugins/visits/between/:from/:to`. */
  readonly routes: string[]
  readonly hooks: Set<'before' | 'after'>
}

/** Fills `added`. Rejects with PLUGIN_FAILED for anything that the plugin does wrong. */
export async function startPlugin(
  server: FastifyInstance,
  plugin: ThirdPartyPlugin,
  settings: Readonly<Record<string, unknown>>,
  tools: PluginTools,
  added: Added
): Promise<void> {
  try {
    await server.register(
      async scope => {
        scope.decorate('plugin', tools)
        scope.decorate('lua', {
          ...server.lua,
          add: module => {
            addModule(server, module, plugin)
            added.modules.push(module.name)
          }
        } as typeof server.lua)
        limitHooks(scope, plugin)
        scope.addHook('onRoute', route => {
          describeRoute(route, plugin.name)
          if (route.schema?.hide !== true) added.routes.push(...namesOf(route))
        })
        scope.addHook('onRequest', (_request, _reply, done) => {
          inNameOf(plugin, done)
        })
        scope.addHook('onRequest', async request => {
          const { public: isPublic } = request.routeOptions.config as { public?: unknown }
          if (isPublic !== true) await server.authenticate(request)
        })
        await servePage(scope, plugin)
        await scope.register(startInName(plugin), { settings })
      },
      { prefix: `/plugins/${plugin.name}` }
    )
  } catch (error) {
    if (error instanceof PluginFailure) throw error
    throw pluginFailure(plugin, 'failed at start', error)
  }
}

/** Puts a route into the API's documentation, in the plugin's own chapter unless it names another. */
function describeRoute(route: RouteOptions, plugin: string): void {
  const { public: isPublic } = (route.config ?? {}) as { public?: unknown }
  route.schema = { tags: [plugin], ...(isPublic === true ? { security: [] } : {}), ...route.schema }
}

/** Without HEAD, which comes with GET. */
const namesOf = ({ method, url }: RouteOptions): readonly string[] =>
  [method]
    .flat()
    .filter(name => name !== 'HEAD')
    .map(name => `${name} ${url}`)

/** The owner is the plugin itself, even if it names another. */
function addModule(server: FastifyInstance, module: LuaModule, plugin: ThirdPartyPlugin): void {
  const problems = moduleProblems(module)
  if (problems.length > 0) {
    throw new MoonletError(
      'MODULE_INVALID',
      `its Lua module is not well declared:\n${problems.map(problem => `  - ${problem}`).join('\n')}`
    )
  }
  server.lua.add(
    {
      ...module,
      functions: mapValues(module.functions, declared => inNameOfOwner(declared, plugin))
    },
    plugin.name
  )
}

function inNameOfOwner(
  declared: LuaFunctionDeclaration,
  plugin: ThirdPartyPlugin
): LuaFunctionDeclaration {
  return declared.place === 'local'
    ? declared
    : { ...declared, run: ofPlugin(plugin, declared.run) }
}

const mapValues = <T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => U
): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
