/** Reads files that somebody else may have put into a folder. */
import { constants } from 'node:fs'
import { lstat, open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'

/**
 * The text of a file of at most `limit` bytes. Throws an Error that says what is wrong with it. A symbolic link is not
 * followed, since it may lead out of the folder, and a pipe or device is not waited for.
 */
export async function readPlainFile(path: string, limit: number): Promise<string> {
  const name = basename(path)
  const file = await openPlain(path, name)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new Error(`${name} is no file`)
    if (found.size > limit) {
      throw new Error(`${name} has ${found.size} bytes; up to ${limit} are taken`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

async function openPlain(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ELOOP') throw new Error(`${name} is a symbolic link, which is not followed`)
    throw new Error(code === 'ENOENT' ? `${name} is missing` : `${name} cannot be read (${code})`)
  }
}

/** Whether anything is there, be it a link that leads nowhere. */
export const isAny = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false
  )
