/**
 * Shared modules as plain files: `modules/shop/prices.lua` is the module `shop.prices`, where the Lua language server
 * finds it by that name. A description stands in a file beside it, `modules/shop/prices.json`.
 */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { moduleFile, moduleOfFile } from '../base/module-file.js'
import { limits } from '../validation/limits.js'
import { SETTINGS_FILE } from './function-file.js'
import { isAny, readPlainFile } from './plain-file.js'
import { wordsOf } from './report.js'

export const MODULES_FOLDER = 'modules'
/** Deeper folders hold no modules: their names would be too long. */
const MAX_DEPTH = 50
/** An escaped character takes up to six bytes. */
const MAX_SETTINGS_BYTES = 8 * 1024

export interface ModuleFile {
  readonly name: string
  readonly code: string
  readonly description: string
}

export interface FoundModules {
  readonly modules: readonly ModuleFile[]
  /** Files that look like modules and cannot be read, with the reason. */
  readonly problems: ReadonlyArray<{ readonly place: string; readonly reason: string }>
}

/** Paths from the folder that holds the folder of modules. */
export function modulePaths(name: string): { readonly code: string; readonly settings: string } {
  const code = `${MODULES_FOLDER}/${moduleFile(name)}`
  return { code, settings: code.replace(/\.lua$/, '.json') }
}

/** '' when there is nothing to be said: then there is no file. */
export const formatModuleSettings = (description: string): string =>
  description === '' ? '' : `${JSON.stringify({ description }, null, 2)}\n`

/** The description. Throws an Error that says what is wrong with the text. */
export function parseModuleSettings(text: string): string {
  const value = JSON.parse(text) as { description?: unknown } | null
  const other = Object.keys(value ?? {}).find(name => name !== 'description')
  if (other !== undefined) throw new Error(`there is no field "${other}"`)
  const description = value?.description ?? ''
  if (typeof description !== 'string') throw new Error('description must be a text')
  return description
}

/** All modules in the folder of modules of `folder`, by name. */
export async function readModules(folder: string): Promise<FoundModules> {
  const place = join(folder, MODULES_FOLDER)
  if (await isLink(place)) {
    const reason = 'it is a symbolic link, which is not followed'
    return { modules: [], problems: [{ place: MODULES_FOLDER, reason }] }
  }
  const modules: ModuleFile[] = []
  const problems: Array<FoundModules['problems'][number]> = []
  for (const path of await listFiles(place, '', 0)) {
    const name = moduleOfFile(path)
    try {
      if (name === undefined) throw new Error('a module needs a name of letters, digits and _')
      modules.push(await readModule(folder, name))
    } catch (error) {
      problems.push({ place: `${MODULES_FOLDER}/${path}`, reason: wordsOf(error) })
    }
  }
  return { modules: modules.sort((a, b) => (a.name < b.name ? -1 : 1)), problems }
}

/** Throws an Error that says what is wrong with its files. */
async function readModule(folder: string, name: string): Promise<ModuleFile> {
  const paths = modulePaths(name)
  const code = await readPlainFile(join(folder, paths.code), limits.codeBytes)
  const settings = join(folder, paths.settings)
  if (!(await isAny(settings))) return { name, code, description: '' }
  const text = await readPlainFile(settings, MAX_SETTINGS_BYTES)
  try {
    return { name, code, description: parseModuleSettings(text) }
  } catch (error) {
    throw new Error(`${paths.settings}: ${wordsOf(error)}`, { cause: error })
  }
}

/** Paths of Lua files, but for the code of a function whose folder has the name of that of modules. */
async function listFiles(place: string, within: string, depth: number): Promise<string[]> {
  if (depth > MAX_DEPTH) return []
  const entries = await readdir(place, { withFileTypes: true }).catch(() => [])
  // Deeper in it is the description of a module, such as `shop.function`.
  if (depth === 0 && entries.some(({ name }) => name === SETTINGS_FILE)) return []
  const found: string[] = []
  for (const entry of entries) {
    const { name } = entry
    if (name.startsWith('.')) continue
    if (entry.isDirectory()) {
      found.push(...(await listFiles(join(place, name), `${within}${name}/`, depth + 1)))
    } else if (name.endsWith('.lua')) found.push(within + name)
  }
  return found
}

const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    found => found.isSymbolicLink(),
    () => false
  )
