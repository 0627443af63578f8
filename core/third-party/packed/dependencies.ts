/** The packages that a plugin needs to run, found as Node.js finds them, within its own folder. */
import { lstat, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { MoonletError } from '../../base/errors.js'

type Names = Readonly<Record<string, unknown>>

export interface Manifest {
  readonly name?: unknown
  readonly version?: unknown
  readonly dependencies?: Names
  readonly optionalDependencies?: Names
  readonly peerDependencies?: Names
}

const MAX_MANIFEST = 1024 ** 2

export interface Dependencies {
  /** Folders below the plugin's, such as `node_modules/marked`. */
  readonly folders: readonly string[]
  /** Names of packages that are needed and not there. */
  readonly missing: readonly string[]
}

/** Undefined: there is none. Throws VALIDATION for one that cannot be read. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const file = join(folder, 'package.json')
  const found = await lstat(file).catch(() => undefined)
  if (found === undefined) return undefined
  if (!found.isFile() || found.size > MAX_MANIFEST) {
    throw new MoonletError('VALIDATION', `has a package.json that is no file of at most 1 MiB`)
  }
  const text = await readFile(file, 'utf8')
  const manifest = parse(text)
  if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) return manifest
  throw new MoonletError('VALIDATION', 'has a package.json that is no JSON object')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** What the plugin in `root` and its packages need. Throws VALIDATION for a package that is a link. */
export async function findDependencies(root: string): Promise<Dependencies> {
  const folders = new Set<string>()
  const missing = new Set<string>()
  const queue = [root]
  for (const folder of queue) {
    for (const [name, isNeeded] of neededBy((await readManifest(folder)) ?? {})) {
      const found = await findPackage(name, folder, root)
      if (found === undefined) {
        if (isNeeded) missing.add(name)
        continue
      }
      const path = relative(root, found)
      if (folders.has(path)) continue
      folders.add(path)
      queue.push(found)
    }
  }
  return { folders: [...folders], missing: [...missing] }
}

/** By name, whether it must be there. Moonlet itself is what the plugin runs in. */
function neededBy({
  dependencies,
  optionalDependencies,
  peerDependencies
}: Manifest): ReadonlyMap<string, boolean> {
  const needed = new Map<string, boolean>()
  for (const [names, isNeeded] of [
    [dependencies, true],
    [peerDependencies, false],
    [optionalDependencies, false]
  ] as const) {
    for (const name of Object.keys(Object(names))) {
      if (name !== 'moonlet' && isPackageName(name)) needed.set(name, isNeeded)
    }
  }
  return needed
}

const isPackageName = (name: string): boolean => /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(name)

/** In the nearest node_modules, from the folder up to the root. */
async function findPackage(name: string, from: string, root: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    const found = await lstat(path).catch(() => undefined)
    if (found?.isDirectory() === true) return path
    if (found !== undefined) {
      throw new MoonletError(
        'VALIDATION',
        `has ${name} as a link: only what lies in its own folder goes along, so install that package there`
      )
    }
    if (folder === root) return undefined
  }
}
