/** How a plugin says what it is. */
import fp from 'fastify-plugin'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type {
  PluginDeclaration,
  PluginServer,
  PluginSettingDeclarations,
  SettingValues
} from '../contracts/plugin.js'

/** Where a plugin keeps its declaration; the same for every copy of this file. */
export const DECLARATION = Symbol.for('moonlet.plugin')

/** What `start` is given by the server. */
export interface PluginOptions {
  readonly settings: Readonly<Record<string, unknown>>
}

/** What `definePlugin` gives, for declarations of plugins in TypeScript. */
export type DeclaredPlugin = FastifyPluginAsync<PluginOptions> & {
  readonly [DECLARATION]?: PluginDeclaration
}

/**
 * Makes a plugin: an ordinary Fastify plugin that carries its declaration. Export it as the default export of the
 * package named in the setting PLUGINS.
 */
export function definePlugin<const S extends PluginSettingDeclarations = Record<never, never>>(
  declaration: PluginDeclaration<S>
): DeclaredPlugin {
  const plugin = async (server: FastifyInstance, { settings }: PluginOptions) => {
    await declaration.start(server as PluginServer, settings as SettingValues<S>)
  }
  const named = fp<PluginOptions>(plugin, { name: declaration.name, encapsulate: true })
  return Object.assign(named as FastifyPluginAsync<PluginOptions>, {
    [DECLARATION]: declaration as PluginDeclaration
  })
}
