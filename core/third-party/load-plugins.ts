/** From the setting PLUGINS to plugins that are known to fit together. */
import { settings as ownSettings } from '../../config/schema.js'
import { checkPlugin, type ThirdPartyPlugin } from './check-plugin.js'
import { inNameOf, notePlugin, type PluginIdentity } from './attribution.js'
import { pluginFailure } from './failure.js'
import { importPlugin } from './import-plugin.js'
import { packageOf } from './package-info.js'

/**
 * Imports the plugins, in order. `folder` is where packages and relative paths are looked for. Throws PLUGIN_FAILED
 * naming plugin, file and cause; both plugins, when two claim the same name or setting.
 */
export async function loadPlugins(
  specifiers: readonly string[],
  folder: string = process.cwd()
): Promise<ThirdPartyPlugin[]> {
  const plugins: ThirdPartyPlugin[] = []
  for (const specifier of specifiers) {
    const plugin = await loadPlugin(specifier, folder)
    refuseClash(plugin, plugins)
    plugins.push(plugin)
  }
  return plugins
}

async function loadPlugin(specifier: string, folder: string): Promise<ThirdPartyPlugin> {
  const identity: PluginIdentity = { name: specifier }
  const imported = await inNameOf(identity, () => importPlugin(specifier, folder)).catch(
    (error: unknown) => {
      throw pluginFailure({ name: specifier }, `could not be loaded from ${folder}`, error)
    }
  )
  const info = await packageOf(imported.file).catch((error: unknown) => {
    throw pluginFailure(
      { name: specifier, file: imported.file },
      'has a package.json that cannot be read',
      error
    )
  })
  const plugin = checkPlugin(specifier, imported, info)
  Object.assign(identity, { name: plugin.name, file: plugin.file })
  notePlugin(identity)
  return plugin
}

function refuseClash(plugin: ThirdPartyPlugin, others: readonly ThirdPartyPlugin[]): void {
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
