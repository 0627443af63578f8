/**
 * Puts plugins into their place and takes them out of it. At every moment, also when the process is killed, a server
 * that starts finds the old plugin or the whole new one.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MoonletError } from '../../base/errors.js'
import { makeFolder } from '../../base/make-folder.js'
import { FILE_MODE, FOLDER_MODE, PROGRAM_MODE } from '../packed/allowance.js'
import { homeIn, isThere, REPLACED } from './find.js'

const NEW = '.new-'
const GONE = '.gone-'
/** What is older was left by a process that is gone. */
const LEFT_BEHIND_MS = 24 * 3_600_000

/**
 * Does the work in the folder of plugins, which is held open and named by its descriptor meanwhile: the server's user,
 * whose the data folder is, may put something else in its place, and the work of root does not follow.
 */
async function inHome<T>(home: string, work: (held: string) => Promise<T>): Promise<T> {
  const handle = await openHome(home)
  const held = `/proc/self/fd/${handle.fd}`
  try {
    return await work(held)
  } catch (error) {
    const { path } = error as NodeJS.ErrnoException
    if (path?.startsWith(held) === true) {
      Object.assign(error as Error, { path: path.replace(held, home) })
    }
    throw error
  } finally {
    await handle.close()
  }
}

/** Throws VALIDATION where another user says where it leads or, for root, may change what is made in it. */
async function openHome(home: string): Promise<FileHandle> {
  const isLink = await refuseForeignLink(home)
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
  const handle = await open(home, O_RDONLY | O_DIRECTORY | (isLink ? 0 : O_NOFOLLOW))
  const { uid, mode } = await handle.stat()
  if (process.geteuid?.() !== 0 || (uid === 0 && (mode & 0o022) === 0)) return handle
  await handle.close()
  throw new MoonletError(
    'VALIDATION',
    uid === 0
      ? `${home} can be changed by others; run: chmod go-w ${home}`
      : `${home} belongs to the user ${uid}: run the command as that user, or before it: chown root: ${home}`
  )
}

/** Where it leads is what its owner says, and who has the folder that it lies in. Gives whether it is a link. */
async function refuseForeignLink(home: string): Promise<boolean> {
  const found = await lstat(home)
  if (!found.isSymbolicLink()) return false
  const isForeign = (uid: number) => uid !== 0 && uid !== process.geteuid?.()
  const { uid } = await stat(dirname(home))
  if (!isForeign(found.uid) && !isForeign(uid)) return true
  const whose = isForeign(found.uid)
    ? `belongs to the user ${found.uid}`
    : `lies in a folder of the user ${uid}`
  throw new MoonletError('VALIDATION', `${home} is a link that ${whose}: put a folder in its place`)
}

/** An empty folder beside the plugins, for one that is being added. */
export interface Stage {
  /** For this process alone, which holds it open. */
  readonly path: string
  /** As other processes see it, if nobody has put anything else in its place. */
  readonly shown: string
  /** Moves it to its place. Throws CONFLICT when there is a plugin already, unless it is to be replaced. */
  putInPlace(name: string, replace: boolean): Promise<void>
}

/** Gives the work a stage, of which nothing is left behind unless it was put in its place. */
export async function withStage<T>(
  dataFolder: string,
  work: (stage: Stage) => Promise<T>
): Promise<T> {
  makeFolder(dataFolder)
  const home = homeIn(dataFolder)
  await mkdir(home, { mode: FOLDER_MODE }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return await inHome(home, async held => {
    const name = `${NEW}${randomBytes(6).toString('hex')}`
    const path = join(held, name)
    await mkdir(path)
    try {
      return await work({
        path,
        shown: join(home, name),
        putInPlace: (plugin, replace) => putInPlace({ held, home, path, plugin, replace })
      })
    } finally {
      await rm(path, { recursive: true, force: true })
    }
  })
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

interface Placing {
  /** The folder of plugins, by its descriptor and by its name. */
  readonly held: string
  readonly home: string
  /** Of the stage. */
  readonly path: string
  readonly plugin: string
  readonly replace: boolean
}

async function putInPlace({ held, home, path, plugin, replace }: Placing): Promise<void> {
  const place = join(held, plugin)
  const aside = join(held, `${REPLACED}${plugin}`)
  try {
    if (replace && (await isThere(place))) await rename(place, aside)
    await rename(path, place)
  } catch (error) {
    // Between two of these, somebody else was at work.
    if (replace && !(await isThere(place))) await rename(aside, place).catch(() => {})
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    throw new MoonletError('CONFLICT', `${join(home, plugin)} is there already`, { cause: error })
  }
  await rm(aside, { recursive: true, force: true })
}

/** False: there is none of that name. */
export async function takeAway(dataFolder: string, name: string): Promise<boolean> {
  const home = homeIn(dataFolder)
  return (await isThere(home)) && (await inHome(home, held => takeFrom(held, name)))
}

async function takeFrom(held: string, name: string): Promise<boolean> {
  let isFound = false
  for (const entry of [name, `${REPLACED}${name}`]) {
    const gone = join(held, `${GONE}${randomBytes(6).toString('hex')}`)
    try {
      // A whole plugin, or none: it goes in one step.
      await rename(join(held, entry), gone)
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
  if (await isThere(home)) await inHome(home, tidy)
}

async function tidy(held: string): Promise<void> {
  for (const name of await readdir(held)) {
    const path = join(held, name)
    if (name.startsWith(REPLACED)) {
      const place = join(held, name.slice(REPLACED.length))
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
