/** Third-party plugins: starts those that the setting PLUGINS names, and lists them at `/api/plugins`. */
import fp from 'fastify-plugin'
import { Type } from 'typebox'
import { commonErrors } from '../../core/http/response-schemas.js'
import { apiScope } from '../../core/http/conventions.js'
import '../../core/contracts/server.js'
import type { PluginDatabase, PluginTools } from '../../core/contracts/plugin.js'
import type { Storage } from '../../core/contracts/storage.js'
import { inOwnName, ofPlugin } from '../../core/third-party/attribution.js'
import type { ThirdPartyPlugin } from '../../core/third-party/check-plugin.js'
import { pluginFailure } from '../../core/third-party/failure.js'
import { createRun } from './run-function.js'
import { startPlugin } from './start-plugin.js'

export interface ThirdPartyOptions {
  readonly plugins: readonly ThirdPartyPlugin[]
  /** Values of the plugins' settings, by plugin. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

export default fp<ThirdPartyOptions>(
  async function thirdParty(fastify, { plugins, settings }) {
    for (const plugin of plugins) {
      const { name } = plugin
      const database = await openTables(fastify.storage, plugin)
      await startPlugin(fastify, plugin, settings.get(name) ?? {}, {
        name,
        run: inOwnNameBetween(createRun(fastify, name)),
        aroundExecutions: ({ before, after }) => {
          fastify.invoker.addHook({
            name,
            before: before && ofPlugin(plugin, before),
            after: after && ofPlugin(plugin, after)
          })
        },
        get database() {
          return database ?? refuse(name)
        }
      })
    }

    await fastify.register(async scope =>
      apiScope(scope).get(
        '/api/plugins',
        {
          config: { scope: 'any', reach: 'nothing' },
          schema: {
            operationId: 'listPlugins',
            tags: ['Server'],
            summary: 'List the third-party plugins',
            description:
              'Those that the setting PLUGINS names, in their order, with their ' +
              'version and page.',
            response: { 200: PluginList, ...commonErrors }
          }
        },
        async () => plugins.map(toListed)
      )
    )
  },
  { name: 'third-party', dependencies: ['storage', 'function-cache', 'lua', 'invoker', 'auth'] }
)

const PluginList = Type.Array(
  Type.Object({
    name: Type.String(),
    version: Type.Optional(Type.String({ description: 'Of its package.' })),
    page: Type.Optional(
      Type.Object(
        { title: Type.String(), path: Type.String({ description: 'On this server.' }) },
        { description: 'An entry in the navigation.' }
      )
    )
  }),
  {
    title: 'PluginList',
    examples: [
      [
        {
          name: 'greeter',
          version: '1.0.0',
          page: { title: 'Greetings', path: '/plugins/greeter/greetings' }
        }
      ]
    ]
  }
)

const toListed = ({ name, version, page }: ThirdPartyPlugin) => ({
  name,
  ...(version === undefined ? {} : { version }),
  ...(page === undefined
    ? {}
    : { page: { title: page.title, path: `/plugins/${name}${page.path}` } })
})

/**
 * What a run leaves behind in the server, such as a sandbox, is the server's; a rejection is the plugin's to handle.
 */
const inOwnNameBetween =
  (run: PluginTools['run']): PluginTools['run'] =>
  async (functionId, event) =>
    await inOwnName(() => run(functionId, event))

/** Undefined without migrations. */
async function openTables(
  storage: Storage,
  plugin: ThirdPartyPlugin
): Promise<PluginDatabase | undefined> {
  if (plugin.migrations === undefined) return undefined
  try {
    return await storage.openPluginTables(plugin.name, plugin.migrations)
  } catch (error) {
    throw pluginFailure(plugin, 'cannot have its tables', error)
  }
}

function refuse(name: string): never {
  throw new Error(`the plugin '${name}' has no tables: give definePlugin a field migrations`)
}
