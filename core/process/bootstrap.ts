/** Settings and plugins of one start: the plugins are imported first, because their settings are part of the check. */
import {
  loadSettings,
  readPluginList,
  SettingsError,
  type LoadedSettings,
  type PluginSettings
} from '../../config/load.js'
import { MoonletError } from '../base/errors.js'
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
  const plugins = await loadPlugins(readPluginList(environment))
  const { config, plugins: pluginSettings } = loadCoded(
    plugins.map(({ name, settings }) => ({ plugin: name, settings })),
    environment
  )
  return { config, plugins, pluginSettings }
}

/** `config/` knows no errors of the server: its own becomes one here. */
function loadCoded(
  declared: readonly PluginSettings[],
  environment: Readonly<Record<string, string | undefined>> | undefined
): LoadedSettings {
  try {
    return loadSettings(declared, environment)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    throw new MoonletError('SETTINGS_INVALID', error.message, { cause: error })
  }
}
