/** What git knows of the project, where it is a repository and git is installed. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { parseModuleSettings } from '../../../export-import/shared-modules.js'
import type { Content } from './content.js'
import { filesOf, pathsOf } from './item-files.js'
import { toLocal, type Local } from './local.js'
import { toLocalModule } from './local-modules.js'

const exec = promisify(execFile)
const MAX_BYTES = 64 * 1024 * 1024
/** How many commits of a function are looked at. */
const MOST = 200

/** Undefined: git says no, is not there, or this is no repository. */
async function git(folder: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await exec('git', ['-C', folder, ...args], {
      maxBuffer: MAX_BYTES,
      timeout: 30_000,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' }
    })
    return stdout
  } catch {
    return undefined
  }
}

/** The commit that these paths are at; undefined when they have changes of their own. */
export async function commitOf(
  folder: string,
  names: readonly string[]
): Promise<string | undefined> {
  const head = (await git(folder, 'rev-parse', '--verify', 'HEAD'))?.trim()
  if (head === undefined) return undefined
  const paths = names.map(name => `./${name}`)
  const changes = await git(folder, 'status', '--porcelain', '--ignored=no', '--', ...paths)
  if (changes?.trim() !== '') return undefined
  const tracked = await git(folder, 'ls-files', '--', ...paths)
  return tracked === undefined || tracked.trim() === '' ? undefined : head
}

/**
 * Whether an earlier commit of the function's or module's files is exactly this: then what the server has came from the
 * repository, and the folder is newer.
 */
export async function wasCommitted(
  folder: string,
  item: Pick<Local, 'kind' | 'folder' | 'name'>,
  isIt: (content: Content) => boolean
): Promise<boolean> {
  const paths = pathsOf(item).map(path => `./${path}`)
  const log = await git(folder, 'log', `--max-count=${MOST}`, '--format=%H', '--', ...paths)
  for (const commit of (log ?? '').split('\n').filter(line => line !== '')) {
    const content = await readAt(folder, item, commit)
    if (content !== undefined && isIt(content)) return true
  }
  return false
}

async function readAt(
  folder: string,
  item: Pick<Local, 'kind' | 'folder' | 'name'>,
  commit: string
): Promise<Content | undefined> {
  const files = filesOf(item)
  const [code, settings] = await Promise.all([
    git(folder, 'show', `${commit}:./${files.code}`),
    git(folder, 'show', `${commit}:./${files.settings}`)
  ])
  if (code === undefined) return undefined
  try {
    if (item.kind === 'function') {
      return settings === undefined ? undefined : toLocal(item.folder, code, settings).content
    }
    const description = settings === undefined ? '' : parseModuleSettings(settings)
    return toLocalModule({ name: item.name, code, description }).content
  } catch {
    return undefined
  }
}
