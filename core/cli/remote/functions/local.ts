/** The functions of a folder, as `moonlet export` and `moonlet pull` write them. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CODE_FILE,
  parseFunctionFile,
  SETTINGS_FILE,
  type FunctionFile
} from '../../../export-import/function-file.js'
import { isAny, readPlainFile } from '../../../export-import/plain-file.js'
import { MODULES_FOLDER } from '../../../export-import/shared-modules.js'
import { limits } from '../../../validation/limits.js'
import { Failure } from '../../failure.js'
import { eachOf } from '../files.js'
import { toSettings, type Content } from './content.js'
import { readLocalModules, type LocalModule } from './local-modules.js'

export interface LocalFunction {
  readonly kind: 'function'
  /** Name of its folder. */
  readonly folder: string
  /** Undefined: function.json has none yet. */
  readonly id: string | undefined
  readonly name: string
  readonly content: Content
  /** Undefined: there is only code. */
  readonly file: FunctionFile | undefined
  /** What function.json holds. */
  readonly text: string | undefined
}

/** What a push sends. */
export type Local = LocalFunction | LocalModule

export interface LocalFolder {
  readonly functions: readonly LocalFunction[]
  readonly modules: readonly LocalModule[]
  /** Folders that look like functions and cannot be read, with the reason. */
  readonly problems: readonly string[]
}

const MAX_SETTINGS_BYTES = 16 * 1024 * 1024
const AT_ONCE = 32

export async function readLocal(folder: string): Promise<LocalFolder> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new Failure('failed', `${folder} cannot be read (${codeOf(error)})`, {}, { cause: error })
  })
  const names = entries
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter(name => name !== 'node_modules')
    .sort()
  const found = new Map<string, LocalFunction>()
  const problems: string[] = []
  await eachOf(names, AT_ONCE, async name => {
    try {
      const read = await readFunction(folder, name)
      if (read !== undefined) found.set(name, read)
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
  const functions = names.flatMap(name => found.get(name) ?? [])
  const modules = await readLocalModules(folder)
  return {
    functions,
    modules: modules.modules,
    problems: [...problems, ...findDoubles(functions), ...modules.problems].sort()
  }
}

/** Undefined: it is no folder of a function. */
export async function readFunction(
  folder: string,
  name: string
): Promise<LocalFunction | undefined> {
  const place = join(folder, name)
  const [hasCode, hasSettings] = await Promise.all([
    isAny(join(place, CODE_FILE)),
    isAny(join(place, SETTINGS_FILE))
  ])
  // A module may be called `main`.
  if (!hasSettings && (!hasCode || name === MODULES_FOLDER)) return undefined
  const code = await readPlainFile(join(place, CODE_FILE), limits.codeBytes)
  if (!hasSettings) {
    const settings = toSettings({ name })
    return {
      kind: 'function',
      folder: name,
      id: undefined,
      name,
      content: { code, settings },
      file: undefined,
      text: undefined
    }
  }
  const text = await readPlainFile(join(place, SETTINGS_FILE), MAX_SETTINGS_BYTES)
  return toLocal(name, code, text)
}

/** Throws an Error that says what is wrong with the settings. */
export function toLocal(folder: string, code: string, text: string): LocalFunction {
  const file = parseFunctionFile(text)
  const content = { code, settings: toSettings(file) }
  return { kind: 'function', folder, id: file.id, name: file.name, content, file, text }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)

/** Two folders of one function would overwrite each other. */
function findDoubles(functions: readonly LocalFunction[]): string[] {
  const owners = new Map<string, string>()
  return functions.flatMap(({ id, folder }) => {
    if (id === undefined) return []
    const owner = owners.get(id)
    owners.set(id, folder)
    return owner === undefined
      ? []
      : [`${folder}: its id is also that of ${owner}; remove "id" from the copy's function.json`]
  })
}
