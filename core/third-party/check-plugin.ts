/** Makes of what a plugin's module exports a plugin that can be started, or says why it is none. */
import semver from 'semver'
import type { FastifyPluginAsync } from 'fastify'
import type {
  PluginDeclaration,
  PluginPage,
  PluginSettingDeclarations
} from '../contracts/plugin.js'
import { moonletVersion } from '../base/version.js'
import { DECLARATION, type DeclaredPlugin, type PluginOptions } from './define-plugin.js'
import { pluginFailure, type FailingPlugin } from './failure.js'
import type { ImportedPlugin } from './import-plugin.js'
import type { PackageInfo } from './package-info.js'
import { isPluginName, reservedNames } from './plugin-name.js'

export interface ThirdPartyPlugin {
  readonly name: string
  /** Of its package, if it says. */
  readonly version: string | undefined
  /** Path of its module, for messages. */
  readonly file: string
  readonly settings: PluginSettingDeclarations
  readonly migrations: URL | string | undefined
  readonly page: PluginPage | undefined
  /** What it was found by: the setting, or the folder of plugins in the data folder. */
  readonly from: 'PLUGINS' | 'DATA_DIR'
  /** How to start without it, for messages about its failure; of those at home. */
  readonly remedy: string | undefined
  readonly register: FastifyPluginAsync<PluginOptions>
}

const FASTIFY_META = Symbol.for('plugin-meta')

/** Throws PLUGIN_FAILED. The name given is what PLUGINS calls the plugin, or its folder's. */
export function checkPlugin(
  { name: specifier, remedy }: Pick<FailingPlugin, 'name' | 'remedy'>,
  { exported, file }: ImportedPlugin,
  info: PackageInfo
): ThirdPartyPlugin {
  if (typeof exported !== 'function') {
    throw pluginFailure(
      { name: specifier, file, remedy },
      'has no plugin as its default export: export default definePlugin({ … }), or an ordinary Fastify plugin'
    )
  }
  const plugin = exported as DeclaredPlugin
  const declaration = plugin[DECLARATION]
  const name = declaration?.name ?? fastifyName(plugin) ?? info.name ?? specifier
  const who = { name, file, remedy }
  if (!isPluginName(name)) {
    throw pluginFailure(who, "needs a name of small letters, digits and '-', at most 64 characters")
  }
  if (reservedNames.has(name)) {
    throw pluginFailure(
      who,
      'cannot have this name: it belongs to Moonlet itself (as do ' +
        `${[...reservedNames].filter(other => other !== name).join(', ')})`
    )
  }
  checkRange(who, declaration?.moonlet ?? info.peerDependencies?.moonlet)
  if (declaration !== undefined) checkDeclaration(who, declaration)
  return {
    name,
    version: info.version,
    file,
    settings: declaration?.settings ?? {},
    migrations: declaration?.migrations,
    page: declaration?.page,
    from: remedy === undefined ? 'PLUGINS' : 'DATA_DIR',
    remedy,
    register: plugin
  }
}

function fastifyName(plugin: object): string | undefined {
  const meta = (plugin as { readonly [FASTIFY_META]?: { readonly name?: string } })[FASTIFY_META]
  return meta?.name?.replace(/-auto-\d+$/, '')
}

function checkRange(who: FailingPlugin, range: string | undefined): void {
  if (range === undefined) {
    throw pluginFailure(
      who,
      'does not say which versions of Moonlet it was made for: give definePlugin a field ' +
        `moonlet: '^${moonletVersion}', or its package.json peerDependencies with it`
    )
  }
  if (semver.validRange(range) === null) {
    throw pluginFailure(
      who,
      `was made for the Moonlet versions ${JSON.stringify(range)}, which is no version range; ` +
        `write one such as '^${moonletVersion}'`
    )
  }
  if (!semver.satisfies(moonletVersion, range, { includePrerelease: true })) {
    throw pluginFailure(
      who,
      `was made for Moonlet ${range}, and this is ${moonletVersion}; install a version of the plugin that fits`
    )
  }
}

/** It may be written without types. */
function checkDeclaration(
  who: FailingPlugin,
  { settings = {}, page, start }: Partial<PluginDeclaration>
): void {
  if (typeof start !== 'function') {
    throw pluginFailure(who, 'has no function `start`: give definePlugin one, which may be empty')
  }
  for (const [setting, declared] of Object.entries(settings)) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(setting)) {
      throw pluginFailure(
        who,
        `declares the setting '${setting}'; names of settings are capital letters, digits and '_'`
      )
    }
    if (typeof declared?.read !== 'function' || typeof declared.doc !== 'string') {
      throw pluginFailure(
        who,
        `declares the setting ${setting} without a kind; use setting.text({ … }) and the like of moonlet/plugin`
      )
    }
  }
  const problem = page === undefined ? undefined : pageProblem(page)
  if (problem !== undefined) throw pluginFailure(who, `declares a page ${problem}`)
}

function pageProblem({ title, path, files, icon }: PluginPage): string | undefined {
  const texts: readonly unknown[] =
    typeof title === 'string' ? [title] : [Object(title).en, ...Object.values(Object(title))]
  const isTitle = texts.every(text => typeof text === 'string' && text !== '')
  if (!isTitle || typeof path !== 'string' || !/^\/(?!\/)/.test(path)) {
    return "that needs a title, and a path that begins with '/'"
  }
  if (files !== undefined && !(files instanceof URL) && typeof files !== 'string') {
    return 'whose files are no folder: a path, or new URL("./page/", import.meta.url)'
  }
  return icon === undefined || (files !== undefined && isIcon(icon))
    ? undefined
    : "whose icon must be an SVG among its files, such as 'icon.svg'"
}

const isIcon = (icon: unknown): boolean =>
  typeof icon === 'string' && /^[\w-][\w.-]*\.svg$/.test(icon)
