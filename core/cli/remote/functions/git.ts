/** What git knows of the project, where it is a repository and git is installed. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CODE_FILE, SETTINGS_FILE } from '../../../export-import/function-file.js'
import type { Content } from './content.js'
import { toLocal } from './local.js'

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

/** The commit that a function's folder is at; undefined when it has changes of its own. */
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
 * Whether an earlier commit of the function's folder is exactly this: then what the server has came from the
 * repository, and the folder is newer.
 */
export async function wasCommitted(
  folder: string,
  name: string,
  isIt: (content: Content) => boolean
): Promise<boolean> {
  const log = await git(folder, 'log', `--max-count=${MOST}`, '--format=%H', '--', `./${name}`)
  for (const commit of (log ?? '').split('\n').filter(line => line !== '')) {
    const content = await readAt(folder, name, commit)
    if (content !== undefined && isIt(content)) return true
  }
  return false
}

async function readAt(folder: string, name: string, commit: string): Promise<Content | undefined> {
  const [code, settings] = await Promise.all([
    git(folder, 'show', `${commit}:./${name}/${CODE_FILE}`),
    git(folder, 'show', `${commit}:./${name}/${SETTINGS_FILE}`)
  ])
  if (code === undefined || settings === undefined) return undefined
  try {
    return toLocal(name, code, settings).content
  } catch {
    return undefined
  }
}
