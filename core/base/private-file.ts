/**
 * Files that hold data: for this user alone, whatever the umask says and whoever made an earlier one, and never
 * through a symbolic link that somebody put in their place.
 */
import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MoonletError } from './errors.js'

export const PRIVATE_FILE = 0o600
export const PRIVATE_FOLDER = 0o700

/** Writes a new file and renames it to `file`: there is the old one or the whole new one, also when the power fails. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', PRIVATE_FILE)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
    await syncFolder(dirname(file))
  } finally {
    await rm(draft, { force: true })
  }
}

/** A rename is durable once its folder is. */
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
