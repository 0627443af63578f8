/** Third-party plugins: starts those that were found at the start, and lists them at `/api/plugins`. */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Type, type Static } from 'typebox'
import { commonErrors } from '../../core/http/response-schemas.js'
import { apiScope } from '../../core/http/conventions.js'
import '../../core/contracts/server.js'
import type { PluginDatabase, PluginPage, PluginTools } from '../../core/contracts/plugin.js'
import type { Storage } from '../../core/contracts/storage.js'
import { inOwnName, ofPlugin } from '../../core/third-party/attribution.js'
import type { ThirdPartyPlugin } from '../../core/third-party/check-plugin.js'
import { pluginFailure } from '../../core/third-party/failure.js'
import { pathOfPage, titleOfPage } from '../../core/third-party/plugin-page.js'
import { createRun } from './run-function.js'
import { startPlugin, type Added } from './start-plugin.js'

export interface ThirdPartyOptions {
  readonly plugins: readonly ThirdPartyPlugin[]
  /** Values of the plugins' settings, by plugin. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

export default fp<ThirdPartyOptions>(
  async function thirdParty(fastify, { plugins, settings }) {
    const list: Listed[] = []
    const start = async (plugin: ThirdPartyPlugin) => {
      const added: Added = { modules: [], routes: [], hooks: new Set() }
      const tools = await toolsFor(fastify, plugin, added)
      await startPlugin(fastify, plugin, settings.get(plugin.name) ?? {}, tools, added)
      list.push(toListed(plugin, added))
    }
    if (plugins.length > 0) {
      const { tellSlowPlugins } = await import('../../core/third-party/slow-plugin.js')
      await tellSlowPlugins(async next => {
        for (const plugin of plugins) {
          next(plugin)
          await start(plugin)
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
              'Those that the setting PLUGINS names, in their order, and then those of ' +
              '`DATA_DIR/plugins`, with what each adds.',
            response: { 200: PluginList, ...commonErrors }
          }
        },
        async () => list
      )
    )
  },
  { name: 'third-party', dependencies: ['storage', 'function-cache', 'lua', 'invoker', 'auth'] }
)

async function toolsFor(
  fastify: FastifyInstance,
  plugin: ThirdPartyPlugin,
  { hooks }: Added
): Promise<PluginTools> {
  const { name } = plugin
  const database = await openTables(fastify.storage, plugin)
  return {
    name,
    run: inOwnNameBetween(createRun(fastify, name)),
    aroundExecutions: ({ before, after }) => {
      if (before !== undefined) hooks.add('before')
      if (after !== undefined) hooks.add('after')
      fastify.invoker.addHook({
        name,
        before: before && ofPlugin(plugin, before),
        after: after && ofPlugin(plugin, after)
      })
    },
    get database() {
      return database ?? refuse(name)
    }
  }
}

const PluginList = Type.Array(
  Type.Object({
    name: Type.String(),
    version: Type.Optional(Type.String({ description: 'Of its package.' })),
    from: Type.Union([Type.Literal('PLUGINS'), Type.Literal('DATA_DIR')], {
      description: 'What it was found by: the setting, or the folder `DATA_DIR/plugins`.'
    }),
    modules: Type.Array(Type.String(), { description: 'Lua modules.' }),
    routes: Type.Array(Type.String(), {
      description:
        'Method and pattern of each; with their schemas they are operations of this document.'
    }),
    hooks: Type.Array(Type.Union([Type.Literal('before'), Type.Literal('after')]), {
      description: 'What it does around every execution.'
    }),
    settings: Type.Array(Type.String(), { description: 'Names of its settings.' }),
    page: Type.Optional(
      Type.Object(
        {
          title: Type.String({ description: 'In English, if it has several.' }),
          titles: Type.Optional(
            Type.Record(Type.String(), Type.String(), { description: 'By language.' })
          ),
          path: Type.String({ description: 'On this server.' }),
          icon: Type.Optional(Type.String({ description: 'Path of an SVG of one colour.' })),
          embedded: Type.Boolean({ description: 'It is shown within the dashboard.' })
        },
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
          from: 'DATA_DIR',
          modules: ['greeter'],
          routes: ['GET /plugins/greeter/greetings'],
          hooks: ['before', 'after'],
          settings: ['GREETER_WORD'],
          page: { title: 'Greetings', path: '/plugins/greeter/greetings', embedded: false }
        }
      ]
    ]
  }
)

type Listed = Static<typeof PluginList>[number]

const toListed = (
  { name, version, from, settings, page }: ThirdPartyPlugin,
  { modules, routes, hooks }: Added
): Listed => ({
  name,
  ...(version === undefined ? {} : { version }),
  from,
  modules,
  routes,
  hooks: [...hooks],
  settings: Object.keys(settings),
  ...(page === undefined ? {} : { page: toListedPage(name, page) })
})

function toListedPage(name: string, page: PluginPage): NonNullable<Listed['page']> {
  const { title, files, icon } = page
  const path = pathOfPage(name, page)
  return {
    title: titleOfPage(page),
    ...(typeof title === 'string' ? {} : { titles: { ...title } }),
    path,
    ...(icon === undefined ? {} : { icon: path + icon }),
    embedded: files !== undefined
  }
}

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
