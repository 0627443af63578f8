/**
 * Plugins at home: each folder in `DATA_DIR/plugins` is one, called as the plugin is, and is loaded by every start.
 * `moonlet plugin add` puts them there.
 */
import { lstat, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pluginFailure } from '../failure.js'
import { isPluginName } from '../plugin-name.js'

export interface HomePlugin {
  readonly name: string
  /** Its folder. */
  readonly path: string
  /** How to start without it: the end of every message about its failure. */
  readonly remedy?: string | undefined
}

/** What a plugin is called while another is put in its place; with none there, it is still the one to load. */
export const REPLACED = '.replaced-'

export const homeIn = (dataFolder: string): string => join(resolve(dataFolder), 'plugins')

/** A command for the plugins of this data folder, as it can be copied. */
const pluginCommand = (dataFolder: string, command: string): string =>
  `moonlet --data-dir ${toShell(resolve(dataFolder))} plugin ${command}`

const toShell = (text: string): string =>
  /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/**
 * Those that there are, by name; without the folder none, at the cost of one look. Throws PLUGIN_FAILED for what lies
 * there and is no plugin's folder. Other names that begin with a dot are no plugins.
 */
export async function findAtHome(dataFolder: string): Promise<readonly HomePlugin[]> {
  const home = homeIn(dataFolder)
  const entries = await readdir(home, { withFileTypes: true }).catch(async (error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    // Of a data folder that is no use, the storage tells.
    if (code === 'ENOENT' || !(await isThere(home))) return []
    throw pluginFailure({ name: 'plugins', file: home }, `is no folder that can be read (${code})`)
  })
  const found = new Map<string, string>()
  for (const entry of entries) {
    const { name } = entry
    const isReplaced = name.startsWith(REPLACED)
    if (name.startsWith('.') && !isReplaced) continue
    const plugin = isReplaced ? name.slice(REPLACED.length) : name
    if (!entry.isDirectory() || !isPluginName(plugin)) {
      throw pluginFailure(
        { name, file: join(home, name) },
        'is no folder with the name of a plugin (small letters, digits and dashes): remove it, and add plugins with ' +
          pluginCommand(dataFolder, 'add PATH')
      )
    }
    if (!isReplaced || !found.has(plugin)) found.set(plugin, join(home, name))
  }
  return Array.from(found, ([name, path]) => ({
    name,
    path,
    remedy: `to start without it: ${pluginCommand(dataFolder, `remove ${name}`)}`
  })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whatever it is, a link that leads nowhere included. */
export const isThere = async (path: string): Promise<boolean> =>
  await lstat(path).then(
    () => true,
    () => false
  )
