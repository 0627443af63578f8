/** Files of a project. They are the user's own: with the modes that they are used to, and never through a link. */
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../failure.js'

/** Undefined: there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Failure('failed', `${file} cannot be read (${String(code)})`, {}, { cause: error })
  }
}

/** There is the old file or the whole new one at every moment, also when the process is killed. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await writeFile(draft, text, { flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw new Failure('failed', `${file} cannot be written (${String(code)})`, {}, { cause: error })
  }
}

/** False: there is one already, which stays as it is. */
export async function writeIfAbsent(file: string, text: string): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true })
  try {
    await writeFile(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Throws when a link or a file is in its place. */
export async function ensureFolder(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => undefined)
  if (found?.isDirectory() === true) return
  if (found !== undefined) {
    throw new Failure('failed', `${folder} is in the way: it is no folder of this project`)
  }
  await mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
    // Somebody else was faster: it may be a folder.
    if (error.code !== 'EEXIST') throw error
    await ensureFolder(folder)
  })
}

/** Does the work for each, so many at once. */
export async function eachOf<T>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<void>
): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) await work(one)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker))
}
