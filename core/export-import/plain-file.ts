/** Reads files that somebody else may have put into a folder. */
import { isUtf8 } from 'node:buffer'
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
    return toText(name, await file.readFile())
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

/**
 * What a file of text holds, without the byte order mark that some editors put before it. Throws an Error for bytes
 * that are no UTF-8: read all the same, each would silently become another character.
 */
export function toText(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const { line, byte } = findBroken(bytes)
    throw new Error(
      `${name} is not UTF-8: line ${line} has the byte 0x${byte.toString(16)}. Save it as UTF-8; in a text of Lua a ` +
        `byte may be written as "\\x${byte.toString(16)}"`
    )
  }
}

/** The first byte that is no part of a character. */
function findBroken(bytes: Uint8Array): { line: number; byte: number } {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start)
    const end = found === -1 ? bytes.length : found
    const text = Buffer.from(bytes.subarray(start, end))
    if (!isUtf8(text)) {
      const read = Buffer.from(text.toString('utf8'))
      return { line, byte: text[text.findIndex((byte, i) => byte !== read[i])] ?? 0 }
    }
    start = end + 1
  }
  return { line, byte: bytes.at(-1) ?? 0 }
}

/** Whether anything is there, be it a link that leads nowhere. */
export const isAny = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false
  )
