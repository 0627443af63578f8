/** Whether sources have changed: one digest of everything that a build depends on, the installed packages included. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const FOLDERS = ['config', 'core', 'migrations', 'plugins', 'public', 'sandbox']
const FILES = ['package.json', 'package-lock.json', 'node_modules/.package-lock.json']

/** 32 hex digits. By contents, because git and archives set the times of files as they like. */
export async function digestSources() {
  const names = [...FILES, ...(await Promise.all(FOLDERS.map(listFiles))).flat()].toSorted()
  const contents = await Promise.all(names.map(readIfThere))
  const hash = createHash('sha256')
  names.forEach((name, index) =>
    hash.update(`${name}\0${contents[index].length}\0`).update(contents[index])
  )
  return hash.digest('hex').slice(0, 32)
}

const listFiles = async folder =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(name => !name.includes('node_modules'))

/** A file may vanish meanwhile, as those of editors do. */
const readIfThere = name =>
  readFile(name).catch(error => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
