/**
 * Puts plugins into their place and takes them out of it. At every moment, also when the process is killed, a server
 * that starts finds the old plugin or the whole new one.
 */
import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MoonletError } from '../../base/errors.js'
import { makeFolder } from '../../base/make-folder.js'
import { FILE_MODE, FOLDER_MODE, PROGRAM_MODE } from '../packed/allowance.js'
import { homeIn, isThere, REPLACED } from './find.js'

const NEW = '.new-'
const GONE = '.gone-'
/** What is older was left by a process that is gone. */
const LEFT_BEHIND_MS = 24 * 3_600_000

/** An empty folder beside the plugins, for one that is being added. */
export async function makeStage(dataFolder: string): Promise<string> {
  makeFolder(dataFolder)
  const home = homeIn(dataFolder)
  await mkdir(home, { mode: FOLDER_MODE }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await refuseForeignLink(home)
  const stage = join(home, `${NEW}${randomBytes(6).toString('hex')}`)
  await mkdir(stage)
  return stage
}

/** Where it leads is what its owner says, who must not lead root elsewhere. */
async function refuseForeignLink(home: string): Promise<void> {
  const found = await lstat(home)
  if (!found.isSymbolicLink() || found.uid === 0 || found.uid === process.geteuid?.()) return
  throw new MoonletError(
    'VALIDATION',
    `${home} is a link that belongs to the user ${found.uid}: put a folder in its place`
  )
}

/** Gives everything in the folder the modes that a server of another user can read, whatever the umask. */
export async function openForServer(folder: string): Promise<void> {
  await chmod(folder, FOLDER_MODE)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openForServer(path)
    else if (entry.isFile()) {
      const { mode } = await lstat(path)
      await chmod(path, (mode & 0o100) === 0 ? FILE_MODE : PROGRAM_MODE)
    }
  }
}

/** Moves the staged plugin to its place. Throws CONFLICT when there is one already, unless it is to be replaced. */
export async function putInPlace(
  stage: string,
  { dataFolder, name, replace }: { dataFolder: string; name: string; replace: boolean }
): Promise<void> {
  const home = homeIn(dataFolder)
  const place = join(home, name)
  const aside = join(home, `${REPLACED}${name}`)
  try {
    if (replace && (await isThere(place))) await rename(place, aside)
    await rename(stage, place)
  } catch (error) {
    // Between two of these, somebody else was at work.
    if (replace && !(await isThere(place))) await rename(aside, place).catch(() => {})
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    throw new MoonletError('CONFLICT', `${place} is there already`, { cause: error })
  }
  await rm(aside, { recursive: true, force: true })
}

/** False: there is none of that name. */
export async function takeAway(dataFolder: string, name: string): Promise<boolean> {
  const home = homeIn(dataFolder)
  if (!(await isThere(home))) return false
  await refuseForeignLink(home)
  let isFound = false
  for (const entry of [name, `${REPLACED}${name}`]) {
    const gone = join(home, `${GONE}${randomBytes(6).toString('hex')}`)
    try {
      // A whole plugin, or none: it goes in one step.
      await rename(join(home, entry), gone)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
      throw error
    }
    isFound = true
    await rm(gone, { recursive: true, force: true })
  }
  return isFound
}

/** Sets right what a command that was killed has left. */
export async function tidyHome(dataFolder: string): Promise<void> {
  const home = homeIn(dataFolder)
  if (!(await isThere(home))) return
  await refuseForeignLink(home)
  const names = await readdir(home).catch(() => [])
  for (const name of names) {
    const path = join(home, name)
    if (name.startsWith(REPLACED)) {
      const place = join(home, name.slice(REPLACED.length))
      if (await isThere(place)) await rm(path, { recursive: true, force: true })
      else await rename(path, place)
    } else if (name.startsWith(NEW) || name.startsWith(GONE)) {
      const found = await stat(path).catch(() => undefined)
      if (found !== undefined && Date.now() - found.mtimeMs > LEFT_BEHIND_MS) {
        await rm(path, { recursive: true, force: true })
      }
    }
  }
}
