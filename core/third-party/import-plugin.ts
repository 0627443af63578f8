/** Imports a plugin named in PLUGINS: a package that the working folder has installed, or a path. */
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import * as nodeModule from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inTime } from '../base/in-time.js'
import { ImportProblem } from './failure.js'
import { resolve as resolveHook, resolvedFrom } from './resolve-hook.js'
import { findSyntaxError } from './syntax-error.js'

/** A plugin whose module never finishes loading must not hang the start for ever. */
const IMPORT_TIMEOUT_MS = 30_000

export interface ImportedPlugin {
  readonly exported: unknown
  /** Path of the module. */
  readonly file: string
}

let hooked = false

/** Rejects with whatever Node or the module throws. `folder` is where packages and relative paths are looked for. */
export async function importPlugin(specifier: string, folder: string): Promise<ImportedPlugin> {
  hookResolution()
  const wanted = isPath(specifier)
    ? await entryOf(resolve(folder, fromFileUrl(specifier)))
    : resolvedFrom(moduleIn(folder), specifier)
  const url = resolveOrAdvise(wanted, specifier, folder)
  const loading = import(wanted) as Promise<{ default?: unknown }>
  const module = await inTime(loading, IMPORT_TIMEOUT_MS, tookTooLong).catch(
    async (error: unknown) => {
      throw await explain(error, url)
    }
  )
  return {
    exported: module.default,
    file: url.startsWith('file:') ? fileURLToPath(url) : specifier
  }
}

function hookResolution(): void {
  if (hooked) return
  hooked = true
  const { registerHooks } = nodeModule as {
    registerHooks?: (hooks: { resolve: typeof resolveHook }) => void
  }
  if (registerHooks !== undefined) registerHooks({ resolve: resolveHook })
  else nodeModule.register(new URL('./resolve-hook.js', import.meta.url))
}

const TYPESCRIPT_CODES = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_NO_TYPESCRIPT'
])

/** What Node says, with what it keeps to itself: the place of a syntax error, and what to do about TypeScript. */
async function explain(error: unknown, url: string): Promise<unknown> {
  if (!(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (TYPESCRIPT_CODES.has(code) && /\.[mc]?tsx?\b/.test(`${error.message} ${error.stack ?? ''}`)) {
    return new ImportProblem(
      `${error.message}. Node.js runs TypeScript only as far as its types can simply be left out, and ` +
        'none in node_modules: compile the plugin to JavaScript (npx tsc) and name that file in PLUGINS',
      { cause: error }
    )
  }
  if (!(error instanceof SyntaxError)) return error
  const place = placeInStack(error) ?? (await findSyntaxError(url))
  return place === undefined
    ? error
    : new ImportProblem(`${error.message} (at ${place})`, { cause: error })
}

/** Some syntax errors begin their stack with the place. */
function placeInStack({ stack = '' }: Error): string | undefined {
  const [, path, line] = /^(?:file:\/\/)?(\/.+):(\d+)$/m.exec(stack.split('\n')[0] ?? '') ?? []
  return path === undefined ? undefined : `${path}:${line}`
}

/** A file that is there but named like a package gets advice instead of Node's word about packages. */
function resolveOrAdvise(wanted: string, specifier: string, folder: string): string {
  try {
    return import.meta.resolve(wanted)
  } catch (error) {
    if (isPath(specifier) || !existsSync(join(folder, specifier))) throw error
    throw new ImportProblem(
      `there is no package of that name, but a file or folder: to load it, write ./${specifier} in PLUGINS`,
      { cause: error }
    )
  }
}

const isPath = (specifier: string): boolean =>
  isAbsolute(specifier) || /^(?:\.{1,2}(?:\/|$)|file:)/.test(specifier)

const fromFileUrl = (specifier: string): string =>
  specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier

/** A module of the folder, as the one that imports. */
const moduleIn = (folder: string): string => pathToFileURL(join(folder, 'package.json')).href

/** What to import for a path: the file, or for a folder what its package.json names. */
async function entryOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true) return pathToFileURL(path).href
  const text = await readFile(join(path, 'package.json'), 'utf8').catch(() => '{}')
  const {
    name,
    exports,
    main = 'index.js'
  } = JSON.parse(text) as { name?: string; exports?: unknown; main?: string }
  return exports !== undefined && name !== undefined
    ? resolvedFrom(moduleIn(path), name)
    : pathToFileURL(join(path, main)).href
}

const tookTooLong = (): Error =>
  new ImportProblem(`its module did not finish loading within ${IMPORT_TIMEOUT_MS / 1000} s`)
