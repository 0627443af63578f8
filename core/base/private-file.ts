/**
 * Files that hold data: for this user alone, regardless of the umask and of who made an earlier one, and never written
 * through a symbolic link that somebody put in their place.
 */
import { randomBytes } from 'node:crypto'
import { chmod, link, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MoonletError } from './errors.js'

export const PRIVATE_FILE = 0o600
export const PRIVATE_FOLDER = 0o700

/** Replaces `file` with a new one: there is the old one or the whole new one, even after a power failure. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await withDraft(file, text, draft => rename(draft, file))
}

/** Renames `draft`, which is on the disk, to `file` beside it, replacing one; true even after a power failure. */
export async function putInPlace(draft: string, file: string): Promise<void> {
  await rename(draft, file)
  await syncFolder(dirname(file))
}

/**
 * Creates `file` with all of its text or not at all, even after a power failure. False: there is one already, which is
 * left as it is, also when another process creates it at the same moment.
 */
export async function createPrivateFile(file: string, text: string): Promise<boolean> {
  return await withDraft(file, text, draft => linkUnlessThere(draft, file))
}

/** Writes the text to a file beside `file`, on the disk, and has it put in place by `finish`. */
async function withDraft<T>(
  file: string,
  text: string,
  finish: (draft: string) => Promise<T>
): Promise<T> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', PRIVATE_FILE)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    const result = await finish(draft)
    await syncFolder(dirname(file))
    return result
  } finally {
    await rm(draft, { force: true })
  }
}

/** Unlike a rename, a link does not replace a file that appeared meanwhile. */
async function linkUnlessThere(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    // Some file systems have no links.
    await rename(draft, file)
  }
  return true
}

/** A new name is durable once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The folder `name` within `parent`, made if absent. Throws VALIDATION when a link or a file is there instead. */
export async function makePrivateFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name)
  await mkdir(folder, { mode: PRIVATE_FOLDER }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(folder)
  if (!found.isDirectory()) {
    throw new MoonletError(
      'VALIDATION',
      `${folder} is ${found.isSymbolicLink() ? 'a symbolic link' : 'no folder'}; remove it first`
    )
  }
  if ((found.mode & 0o777) !== PRIVATE_FOLDER) await chmod(folder, PRIVATE_FOLDER)
  return folder
}
