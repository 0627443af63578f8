/**
 * Copies a plugin's folder: its own files, and of its packages those that it needs to run. What `npm install` put
 * beside them for development, the links of `npm link` among it, stays.
 */
import { copyFile, chmod, lstat, mkdir, readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { MoonletError } from '../../base/errors.js'
import { Allowance, FILE_MODE, FOLDER_MODE, PROGRAM_MODE } from './allowance.js'
import { findDependencies } from './dependencies.js'

const PACKAGES = 'node_modules'

/** `into` is empty. Throws VALIDATION with words that go on from the folder's name. */
export async function copyFolder(folder: string, into: string): Promise<void> {
  const copying = { allowance: new Allowance(), into }
  await copyTree(copying, folder, into)
  for (const path of (await findDependencies(folder)).folders) {
    await copyTree(copying, join(folder, path), join(into, path))
  }
}

interface Copying {
  readonly allowance: Allowance
  readonly into: string
}

/**
 * Without packages, without what is hidden (version control, settings of editors, secrets), and without the data folder
 * of a server that was started there.
 */
async function copyTree(copying: Copying, from: string, to: string): Promise<void> {
  const { allowance, into } = copying
  await mkdir(to, { recursive: true, mode: FOLDER_MODE })
  for (const { name } of await readdir(from, { withFileTypes: true })) {
    const source = join(from, name)
    if (name === PACKAGES || name.startsWith('.') || into.startsWith(`${source}${sep}`)) continue
    const target = join(to, name)
    const stats = await lstat(source)
    allowance.addFile()
    if (stats.isDirectory()) {
      await copyTree(copying, source, target)
    } else if (stats.isFile()) {
      allowance.addBytes(stats.size)
      await copyFile(source, target)
      await chmod(target, (stats.mode & 0o100) === 0 ? FILE_MODE : PROGRAM_MODE)
    } else {
      throw new MoonletError('VALIDATION', `is refused: ${source} is neither a file nor a folder`)
    }
  }
}
