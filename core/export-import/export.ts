/**
 * Exports functions to plain files, for this user alone: one folder each (see function-file.ts), and beside them a file
 * with the variables that all share, and the shared modules (see shared-modules.ts).
 */
import { existsSync } from 'node:fs'
import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { FunctionWithVersion } from '../contracts/functions.js'
import type { Storage } from '../contracts/storage.js'
import { MoonletError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'
import { makePrivateFolder, writePrivateFile } from '../base/private-file.js'
import { exportModules } from './export-modules.js'
import { assignFolders, SHARED_FILE } from './folder-names.js'
import { CODE_FILE, formatFunctionFile, parseFunctionFile, SETTINGS_FILE } from './function-file.js'
import { listFunctions } from './list-all.js'
import { formatSharedFile } from './shared-file.js'

export interface ExportOptions {
  /** Id, or name when only one function has it; undefined exports all, shared variables and modules too. */
  readonly only?: string | undefined
  readonly withSecrets: boolean
  readonly onFunction?: (folder: string, done: number, total: number) => void
}

export interface ExportReport {
  readonly folders: readonly string[]
  /** Names of shared modules. */
  readonly modules: readonly string[]
  /** Folders of earlier exports whose functions do not exist any more; left as they are. */
  readonly stale: readonly string[]
}

type Source = Pick<Storage, 'env'> & {
  readonly functions: Pick<Storage['functions'], 'list'>
  readonly modules: Pick<Storage['modules'], 'list'>
}

/** Writes into `folder`, created if absent. A function exported there before keeps its folder, renamed with it. */
export async function exportFunctions(
  storage: Source,
  folder: string,
  { only, withSecrets, onFunction }: ExportOptions
): Promise<ExportReport> {
  const all = await listFunctions(storage.functions)
  const wanted = only === undefined ? all : [pick(all, only)]
  makeFolder(folder)
  const before = await findExports(folder)
  const folders = assignFolders(all.map(({ fn }) => fn))
  for (const [done, { fn, active }] of wanted.entries()) {
    const name = folders.get(fn.id) ?? fn.id
    await moveEarlier(folder, before, fn.id, name)
    const place = await makePrivateFolder(folder, name)
    const settings = formatFunctionFile(fn, await storage.env.all(fn.id), withSecrets)
    await writePrivateFile(join(place, SETTINGS_FILE), settings)
    await writePrivateFile(join(place, CODE_FILE), active?.code ?? '')
    onFunction?.(name, done + 1, wanted.length)
  }
  if (only === undefined) await exportShared(storage, folder, withSecrets)
  const modules = only === undefined ? await exportModules(storage.modules, folder) : []
  const stale = [...before]
    .filter(([id]) => !folders.has(id))
    .map(([, name]) => name)
    .sort()
  return { folders: wanted.map(({ fn }) => folders.get(fn.id) ?? fn.id), modules, stale }
}

/** An earlier export's file is written anew, also when there are none any more. */
async function exportShared({ env }: Source, folder: string, withSecrets: boolean): Promise<void> {
  const file = join(folder, SHARED_FILE)
  const { variables } = await env.shared.snapshot()
  if (Object.keys(variables).length === 0 && !existsSync(file)) return
  await writePrivateFile(file, formatSharedFile(variables, withSecrets))
}

function pick(all: readonly FunctionWithVersion[], idOrName: string): FunctionWithVersion {
  const byId = all.find(({ fn }) => fn.id === idOrName)
  const byName = all.filter(({ fn }) => fn.name === idOrName)
  const found = byId ?? byName[0]
  if (found === undefined) {
    throw new MoonletError('NOT_FOUND', `No function has the id or name "${idOrName}"`)
  }
  if (byId === undefined && byName.length > 1) {
    throw new MoonletError(
      'VALIDATION',
      `${byName.length} functions are called "${idOrName}"; name one by its id: ` +
        byName.map(({ fn }) => fn.id).join(', ')
    )
  }
  return found
}

/** Folder names of earlier exports in `folder`, by function id. */
async function findExports(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    try {
      const { id } = parseFunctionFile(
        await readFile(join(folder, entry.name, SETTINGS_FILE), 'utf8')
      )
      if (id !== undefined) found.set(id, entry.name)
    } catch {
      // Not an export.
    }
  }
  return found
}

/** Renames the folder of a function that has a new name, unless something else has that name. */
async function moveEarlier(
  folder: string,
  before: Map<string, string>,
  id: string,
  name: string
): Promise<void> {
  const earlier = before.get(id)
  if (earlier === undefined || earlier === name || [...before.values()].includes(name)) return
  await rename(join(folder, earlier), join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    // Writing the export reports what is there instead.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(error.code ?? '')) throw error
  })
  before.set(id, name)
}
