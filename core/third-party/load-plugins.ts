/** From the setting PLUGINS, and from what is at home in the data folder, to plugins that fit together. */
import { dirname, join } from 'node:path'
import { settings as ownSettings } from '../../config/schema.js'
import { checkPlugin, type ThirdPartyPlugin } from './check-plugin.js'
import { inNameOf, notePlugin, type PluginIdentity } from './attribution.js'
import { pluginFailure } from './failure.js'
import type { HomePlugin } from './home/find.js'
import { importPlugin } from './import-plugin.js'
import { packageOf } from './package-info.js'

/**
 * Imports the plugins, in order, and then those at home. `folder` is where packages and relative paths are looked for.
 * Throws PLUGIN_FAILED naming plugin, file and cause; both plugins, when two claim the same name or setting.
 */
export async function loadPlugins(
  specifiers: readonly string[],
  folder: string = process.cwd(),
  atHome: readonly HomePlugin[] = []
): Promise<ThirdPartyPlugin[]> {
  const plugins: ThirdPartyPlugin[] = []
  const add = (plugin: ThirdPartyPlugin) => {
    refuseClash(plugin, plugins)
    plugins.push(plugin)
  }
  if (specifiers.length + atHome.length === 0) return plugins
  const { tellSlowPlugins } = await import('./slow-plugin.js')
  await tellSlowPlugins(async next => {
    for (const specifier of specifiers) {
      next({ name: specifier })
      add(await loadPlugin({ name: specifier, specifier, folder }))
    }
    for (const plugin of atHome) {
      next({ name: plugin.name, file: plugin.path, remedy: plugin.remedy })
      add(await loadAtHome(plugin))
    }
  })
  return plugins
}

/** Its files are looked at before any of them is run. */
async function loadAtHome(home: HomePlugin): Promise<ThirdPartyPlugin> {
  const { checkFiles } = await import('./home/check-files.js')
  checkFiles(home)
  const { name, path, remedy } = home
  const plugin = await loadPlugin({ name, specifier: path, folder: path, remedy })
  if (plugin.name === name) return plugin
  throw pluginFailure(
    plugin,
    `lies in a folder of another name; run: mv ${path} ${join(dirname(path), plugin.name)}`
  )
}

interface PluginSource {
  /** As it is called while its own name is not known. */
  readonly name: string
  readonly specifier: string
  readonly folder: string
  readonly remedy?: string | undefined
}

async function loadPlugin({
  name,
  specifier,
  folder,
  remedy
}: PluginSource): Promise<ThirdPartyPlugin> {
  const identity: PluginIdentity = { name }
  const imported = await inNameOf(identity, () => importPlugin(specifier, folder)).catch(
    (error: unknown) => {
      throw pluginFailure({ name, remedy }, `could not be loaded from ${folder}`, error)
    }
  )
  const info = await packageOf(imported.file).catch((error: unknown) => {
    throw pluginFailure(
      { name, file: imported.file, remedy },
      'has a package.json that cannot be read',
      error
    )
  })
  const plugin = checkPlugin({ name, remedy }, imported, info)
  Object.assign(identity, { name: plugin.name, file: plugin.file })
  notePlugin(identity)
  return plugin
}

/** Throws PLUGIN_FAILED when the plugin and one of the others claim the same name or setting. */
export function refuseClash(plugin: ThirdPartyPlugin, others: readonly ThirdPartyPlugin[]): void {
  const twin = others.find(({ name }) => name === plugin.name)
  if (twin !== undefined) {
    throw pluginFailure(
      plugin,
      `has the same name as the plugin in ${twin.file}, and with it the same routes and migrations; load one of them`
    )
  }
  for (const setting of Object.keys(plugin.settings)) {
    if (Object.hasOwn(ownSettings, setting)) {
      throw pluginFailure(plugin, `declares the setting ${setting}, which is Moonlet's own`)
    }
    const other = others.find(({ settings }) => Object.hasOwn(settings, setting))
    if (other !== undefined) {
      throw pluginFailure(
        plugin,
        `declares the setting ${setting}, which the plugin '${other.name}' (${other.file}) declares too`
      )
    }
  }
}
