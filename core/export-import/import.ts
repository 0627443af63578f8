/**
 * Imports functions from plain files, as `export` writes them. A function is matched by its id, or by its name when the
 * file has no id. What is equal already is not touched, so a second import changes nothing.
 */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FunctionPatch, FunctionWithVersion } from '../contracts/functions.js'
import type { FunctionRecord } from '../contracts/records.js'
import type { Storage } from '../contracts/storage.js'
import { MoonletError } from '../base/errors.js'
import type { IdSource } from '../base/ids.js'
import { readFunctionChange, readNewFunction } from '../validation/function-change.js'
import { applyFrontDoorChange } from '../validation/front-door/change.js'
import { checkVariableSize, tooManyEnvVars } from '../validation/env-vars.js'
import type { WhyReserved } from '../validation/module-change.js'
import { limits } from '../validation/limits.js'
import { SHARED_FILE } from './folder-names.js'
import { CODE_FILE, parseFunctionFile, SETTINGS_FILE, type FunctionFile } from './function-file.js'
import { importModules } from './import-modules.js'
import { listFunctions } from './list-all.js'
import { readPlainFile } from './plain-file.js'
import { toFailed, wordsOf, type Imported } from './report.js'
import { parseSharedFile } from './shared-file.js'

export interface ImportTarget {
  readonly functions: Pick<Storage['functions'], 'list' | 'find' | 'create' | 'update'>
  readonly env: Pick<Storage['env'], 'all' | 'replace' | 'shared'>
  readonly modules: Pick<Storage['modules'], 'list' | 'create' | 'update'>
}

/** An escaped character takes up to six bytes. */
const MAX_SETTINGS_BYTES = 16 * 1024 * 1024

/** A folder that may hold a function; `file` has its settings, `problem` says why it cannot be imported. */
interface Found {
  readonly name: string
  readonly file?: FunctionFile
  readonly problem?: string
}

/**
 * Imports `folder`, of one function, or every function's folder in it, shared modules and variables too. One that fails
 * does not stop the others. `whyReserved` tells names that modules cannot have.
 */
export async function importFunctions(
  storage: ImportTarget,
  ids: Pick<IdSource, 'next'>,
  folder: string,
  onImported: (imported: Imported) => void,
  whyReserved: WhyReserved = () => undefined
): Promise<Imported[]> {
  const report: Imported[] = []
  const tell = (imported: Imported): void => {
    report.push(imported)
    onImported(imported)
  }
  const found = await findFolders(folder)
  if (existsSync(join(folder, SHARED_FILE))) {
    const imported = await importShared(storage.env.shared, folder).catch(toFailed)
    tell({ folder: SHARED_FILE, ...imported })
  }
  const modules = await importModules(storage.modules, ids, folder, whyReserved)
  modules.forEach(tell)
  if (found.length + report.length === 0) throw nothingFound(folder)
  for (const { name, file, problem } of refuseDoubles(found)) {
    const imported =
      file === undefined || problem !== undefined
        ? { action: 'failed' as const, note: problem ?? '' }
        : await importOne(storage, ids, join(folder, name), file).catch(toFailed)
    tell({ folder: name, ...imported })
  }
  return report
}

async function findFolders(folder: string): Promise<Found[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  if (entries.some(entry => entry.name === SETTINGS_FILE)) return [await readSettings(folder, '.')]
  const found: Found[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() &&
        (await stat(path).then(
          target => target.isDirectory(),
          () => false
        )))
    if (!isFolder || !(await readdir(path)).includes(SETTINGS_FILE)) continue
    if (entry.isSymbolicLink()) {
      found.push({ name: entry.name, problem: 'it is a symbolic link, which is not followed' })
    } else found.push(await readSettings(folder, entry.name))
  }
  return found
}

const nothingFound = (folder: string) =>
  new MoonletError(
    'VALIDATION',
    `${folder} holds no exported function: no ${SETTINGS_FILE} in it or in a folder in it`
  )

async function readSettings(folder: string, name: string): Promise<Found> {
  try {
    return {
      name,
      file: parseFunctionFile(
        await readPlainFile(join(folder, name, SETTINGS_FILE), MAX_SETTINGS_BYTES)
      )
    }
  } catch (error) {
    return { name, problem: wordsOf(error) }
  }
}

/**
 * Two folders that mean the same function would overwrite each other: neither is taken. A folder without an id goes by
 * its name.
 */
function refuseDoubles(found: readonly Found[]): Found[] {
  return found.map(one => {
    const others = found
      .filter(other => other !== one && meansTheSame(one.file, other.file))
      .map(({ name }) => name)
    if (others.length === 0) return one
    const what =
      one.file?.id === undefined ? `name "${one.file?.name}"` : `id ${one.file.id} or name`
    return {
      name: one.name,
      problem: `its ${what} is also that of ${others.join(', ')}; none of them was taken`
    }
  })
}

function meansTheSame(a: FunctionFile | undefined, b: FunctionFile | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return a.id === undefined || b.id === undefined ? a.name === b.name : a.id === b.id
}

async function importOne(
  storage: ImportTarget,
  ids: Pick<IdSource, 'next'>,
  folder: string,
  file: FunctionFile
): Promise<Omit<Imported, 'folder'>> {
  const code = await readPlainFile(join(folder, CODE_FILE), limits.codeBytes)
  const { id, $schema: _schema, env_vars: variables = {}, ...fields } = file
  const { patch } = readFunctionChange({ ...fields, code })
  checkVariables(variables)
  const found = await findTarget(storage, file)
  const now = Math.floor(Date.now() / 1000)
  const target =
    found ??
    (await storage.functions.create({
      id: id ?? ids.next(),
      ...readNewFunction({ ...fields, code }),
      now
    }))
  const changed = isChange(target.fn, patch)
  const newCode = target.active?.code === code ? undefined : code
  if (changed || newCode !== undefined) {
    await storage.functions.update(target.fn.id, {
      patch: changed ? patch : {},
      code: newCode,
      now
    })
  }
  const current = await storage.env.all(target.fn.id)
  const env = mergeVariables(current, variables)
  if (env.changed) await storage.env.replace(target.fn.id, env.wanted)
  const action =
    found === undefined
      ? 'created'
      : changed || newCode !== undefined || env.changed
        ? 'updated'
        : 'unchanged'
  return { action, ...noteMissing(env.missing) }
}

/** As with those of a function: values in the file replace those that are there, others stay. */
async function importShared(
  shared: ImportTarget['env']['shared'],
  folder: string
): Promise<Omit<Imported, 'folder'>> {
  const text = await readPlainFile(join(folder, SHARED_FILE), MAX_SETTINGS_BYTES)
  const { env_vars: variables } = parseSharedFile(text)
  checkVariables(variables)
  const current = await shared.snapshot()
  const { wanted, changed, missing } = mergeVariables(current.variables, variables)
  if (changed) await shared.replace(wanted)
  return { action: changed ? 'updated' : 'unchanged', ...noteMissing(missing) }
}

const noteMissing = (missing: readonly string[]) =>
  missing.length === 0
    ? {}
    : { note: `variables without a value, to be set: ${missing.join(', ')}` }

function isChange(fn: FunctionRecord, { frontDoor, ...plain }: FunctionPatch): boolean {
  const isOther = Object.entries(plain).some(
    ([name, value]) => fn[name as keyof FunctionRecord] !== value
  )
  if (isOther || frontDoor === undefined) return isOther
  // Both are in the order of their fields.
  const changed = applyFrontDoorChange(fn.frontDoor, frontDoor)
  return JSON.stringify(changed) !== JSON.stringify(fn.frontDoor)
}

function checkVariables(variables: Readonly<Record<string, string | null>>): void {
  checkCount(variables)
  for (const [name, value] of Object.entries(variables)) checkVariableSize(name, value ?? '')
}

function checkCount(variables: Readonly<Record<string, unknown>>): void {
  if (Object.keys(variables).length > limits.envVars) tooManyEnvVars()
}

async function findTarget(
  { functions }: ImportTarget,
  { id, name }: FunctionFile
): Promise<FunctionWithVersion | undefined> {
  if (id !== undefined) return functions.find(id)
  const named = (await listFunctions(functions)).filter(({ fn }) => fn.name === name)
  if (named.length > 1) {
    throw new Error(
      `${named.length} functions are called "${name}"; put the id of the one that is meant into ${SETTINGS_FILE}`
    )
  }
  return named[0]
}

/**
 * Values in the file replace those of the function; variables that only the function has stay. The limits of the API
 * apply.
 */
function mergeVariables(
  current: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string | null>>
) {
  const missing: string[] = []
  const wanted = { ...current }
  let changed = false
  for (const [name, value] of Object.entries(variables)) {
    if (value === null) {
      if (current[name] === undefined) missing.push(name)
    } else if (value !== current[name]) {
      wanted[name] = value
      changed = true
    }
  }
  if (changed) checkCount(wanted)
  return { wanted, changed, missing }
}
