/** Settings and plugins of one start: the plugins are imported first, because their settings are part of the check. */
import {
  loadSettings,
  readDataFolder,
  readPluginList,
  SettingsError,
  type LoadedSettings,
  type PluginSettings
} from '../../config/load.js'
import { MoonletError } from '../base/errors.js'
import { findAtHome } from '../third-party/home/find.js'
import { loadPlugins } from '../third-party/load-plugins.js'
import type { ThirdPartyPlugin } from '../third-party/check-plugin.js'

export interface Prepared {
  readonly config: LoadedSettings['config']
  readonly plugins: readonly ThirdPartyPlugin[]
  readonly pluginSettings: LoadedSettings['plugins']
}

/** Throws PLUGIN_FAILED for a plugin that cannot be used, and SETTINGS_INVALID with every bad setting. */
export async function prepareStart(
  environment?: Readonly<Record<string, string | undefined>>
): Promise<Prepared> {
  const plugins = await loadPlugins(
    readPluginList(environment),
    process.cwd(),
    await findAtHome(readDataFolder(environment))
  )
  const { config, plugins: pluginSettings } = loadCoded(
    plugins.map(({ name, settings }) => ({ plugin: name, settings })),
    environment
  )
  return { config, plugins, pluginSettings }
}

/**
 * The settings of commands that run nothing of plugins: they work on data while a plugin is broken, and run by root
 * they must not run what the server's user may have changed. `ofPlugins` names the plugins' settings, if they are
 * known. Throws SETTINGS_INVALID.
 */
export async function loadWithoutPlugins(
  environment?: Readonly<Record<string, string | undefined>>,
  ofPlugins?: readonly string[]
): Promise<LoadedSettings['config']> {
  const others = ofPlugins === undefined && (await hasPlugins(environment))
  const unread = { doc: '', defaultText: '', read: () => undefined }
  const settings = Object.fromEntries((ofPlugins ?? []).map(name => [name, unread]))
  return loadCoded([{ plugin: '', settings }], environment, { others }).config
}

const hasPlugins = async (
  environment?: Readonly<Record<string, string | undefined>>
): Promise<boolean> =>
  readPluginList(environment).length > 0 ||
  // Of whatever is wrong with them, a start tells.
  (await findAtHome(readDataFolder(environment)).catch(() => [undefined])).length > 0

/** `config/` knows no errors of the server: its own becomes one here. */
function loadCoded(
  declared: readonly PluginSettings[],
  environment: Readonly<Record<string, string | undefined>> | undefined,
  options: { readonly others?: boolean } = {}
): LoadedSettings {
  try {
    return loadSettings(declared, environment, options)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    throw new MoonletError('SETTINGS_INVALID', error.message, { cause: error })
  }
}
