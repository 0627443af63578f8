/**
 * Functions from plain files, as `export` writes them. A function is matched by its id, or by its name when
 * the file has none; what is equal already is left alone, so a second import changes nothing.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FunctionWithVersion, Storage } from '../contracts/storage.js'
import type { IdSource } from '../ids.js'
import { readFunctionChange, readNewFunction } from '../validation/function-change.js'
import { CODE_FILE, parseFunctionFile, SETTINGS_FILE, type FunctionFile } from './function-file.js'
import { listFunctions } from './list-functions.js'

export interface ImportedFunction {
  readonly folder: string
  readonly action: 'created' | 'updated' | 'unchanged' | 'failed'
  /** What failed, or what is left to do. */
  readonly note?: string
}

export interface ImportTarget {
  readonly functions: Pick<Storage['functions'], 'list' | 'find' | 'create' | 'update'>
  readonly env: Pick<Storage['env'], 'all' | 'set'>
}

/** Imports `folder` (one function's) or every function's folder in it. One that fails does not stop the others. */
export async function importFunctions (storage: ImportTarget, ids: Pick<IdSource, 'next'>, folder: string, onFunction: (imported: ImportedFunction) => void): Promise<ImportedFunction[]> {
  const report: ImportedFunction[] = []
  for (const name of await findFolders(folder)) {
    const imported = await importOne(storage, ids, join(folder, name)).catch((error: unknown) => ({ action: 'failed' as const, note: error instanceof Error ? error.message : String(error) }))
    report.push({ folder: name, ...imported })
    onFunction({ folder: name, ...imported })
  }
  return report
}

async function findFolders (folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  if (entries.some(entry => entry.name === SETTINGS_FILE)) return ['.']
  const folders: string[] = []
  for (const entry of entries.filter(entry => entry.isDirectory()).map(entry => entry.name).sort()) {
    if ((await readdir(join(folder, entry))).includes(SETTINGS_FILE)) folders.push(entry)
  }
  if (folders.length === 0) throw new Error(`${folder} holds no exported function: no ${SETTINGS_FILE} in it or in a folder in it`)
  return folders
}

async function importOne (storage: ImportTarget, ids: Pick<IdSource, 'next'>, folder: string): Promise<Omit<ImportedFunction, 'folder'>> {
  const file = parseFunctionFile(await readFile(join(folder, SETTINGS_FILE), 'utf8'))
  const code = await readFile(join(folder, CODE_FILE), 'utf8').catch(() => { throw new Error(`${CODE_FILE} is missing`) })
  const { id, env_vars: variables = {}, ...fields } = file
  const { patch } = readFunctionChange({ ...fields, code })
  const found = await findTarget(storage, file)
  const now = Math.floor(Date.now() / 1000)
  const target = found ?? await storage.functions.create({ id: id ?? ids.next(), ...readNewFunction({ ...fields, code }), now })
  const changed = Object.entries(patch).some(([name, value]) => target.fn[name as keyof typeof target.fn] !== value)
  const newCode = target.active?.code === code ? undefined : code
  if (changed || newCode !== undefined) await storage.functions.update(target.fn.id, { patch: changed ? patch : {}, code: newCode, now })
  const env = await importVariables(storage.env, target.fn.id, variables)
  const action = found === undefined ? 'created' : changed || newCode !== undefined || env.changed ? 'updated' : 'unchanged'
  return { action, ...(env.missing.length === 0 ? {} : { note: `variables without a value, to be set: ${env.missing.join(', ')}` }) }
}

async function findTarget ({ functions }: ImportTarget, { id, name }: FunctionFile): Promise<FunctionWithVersion | undefined> {
  if (id !== undefined) return functions.find(id)
  const named = (await listFunctions(functions)).filter(({ fn }) => fn.name === name)
  if (named.length > 1) throw new Error(`${named.length} functions are called "${name}"; put the id of the one that is meant into ${SETTINGS_FILE}`)
  return named[0]
}

/**
 * Values that the file has replace those of the function; names that only the function has stay. The API's
 * rules for variables are not applied: a function may have stored what they refuse, and gets it back.
 */
async function importVariables (env: ImportTarget['env'], functionId: string, variables: Readonly<Record<string, string | null>>) {
  const current = await env.all(functionId)
  const missing: string[] = []
  let changed = false
  for (const [name, value] of Object.entries(variables)) {
    if (value === null) {
      if (current[name] === undefined) missing.push(name)
    } else if (value !== current[name]) {
      await env.set(functionId, name, value)
      changed = true
    }
  }
  return { changed, missing }
}
