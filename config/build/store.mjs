/**
 * Builds that stay as they are while servers run on them. Each is a folder of its own in dist/.builds/, of which
 * dist/.build is the newest, as a link that is replaced at once; the launcher starts a server in there. What stands in
 * dist/ itself are the same files, for packages, tests and tools.
 */
import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

const DIST = 'dist'
const BUILDS = join(DIST, '.builds')
const CURRENT = join(DIST, '.build')
/** Being made, by whoever holds the lock. */
const MAKING = join(BUILDS, 'making')
/** The newest, which somebody may want again after going back to other sources. */
const KEPT = 3

/** Whether dist/ holds a build of these sources, and nothing is half done. */
export const isCurrent = async digest =>
  isOf(await currentBuild(), digest) && !(await exists(MAKING))

const exists = async path => (await stat(path).catch(() => undefined)) !== undefined

/** The newest build of these sources, by its name. */
export const findBuild = async digest => (await newestFirst()).find(name => isOf(name, digest))

const isOf = (name, digest) => name?.startsWith(`${digest}-`) === true

/** Name of the build that dist/ holds. */
async function currentBuild() {
  // A link that leads nowhere is none.
  return (await exists(CURRENT)) ? basename(dirname(await readlink(CURRENT))) : undefined
}

/** Has `make` build into a folder, which becomes a build only when that is done. Gives its name. */
export async function addBuild(digest, make) {
  await rm(MAKING, { recursive: true, force: true })
  await mkdir(MAKING, { recursive: true })
  await make(join(MAKING, DIST))
  // The version, and that these are modules, is read where the build stands.
  await copyFile('package.json', join(MAKING, 'package.json'))
  const name = `${digest}-${Date.now().toString(36)}`
  await rename(MAKING, join(BUILDS, name))
  return name
}

/** Makes the build that of dist/. Packages made there stay, and with `keepTests` the tests. */
export async function publish(name, { keepTests }) {
  const from = join(BUILDS, name, DIST)
  await rm(MAKING, { recursive: true, force: true })
  await linkTree(from, join(MAKING, 'new'))
  await mkdir(join(MAKING, 'old'))
  const wanted = new Set(await readdir(from))
  for (const entry of await readdir(DIST)) {
    if (entry.startsWith('.') || /^moonlet[-_]\d/.test(entry) || wanted.has(entry)) continue
    if (!keepTests || entry !== 'test') {
      await rm(join(DIST, entry), { recursive: true, force: true })
    }
  }
  for (const entry of wanted) {
    await rename(join(DIST, entry), join(MAKING, 'old', entry)).catch(ignoreAbsent)
    await rename(join(MAKING, 'new', entry), join(DIST, entry))
  }
  await symlink(join(basename(BUILDS), name, DIST), join(MAKING, 'link'))
  await rename(join(MAKING, 'link'), CURRENT)
  await rm(MAKING, { recursive: true, force: true })
}

/** The same files at another place, which costs next to nothing where the file system has hard links. */
async function linkTree(from, to) {
  await mkdir(to, { recursive: true })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await linkTree(source, target)
    else await link(source, target).catch(() => copyFile(source, target))
  }
}

/** Removes all builds but the newest few, that of dist/, and those that a process runs on. */
export async function removeOld() {
  const current = await currentBuild()
  const old = (await newestFirst()).slice(KEPT).filter(name => name !== current)
  if (old.length === 0) return
  const commands = await runningCommands()
  // Without a list of processes nobody knows.
  if (commands === undefined) return
  const unused = old.filter(name => !commands.includes(`${resolve(BUILDS, name)}/`))
  for (const name of unused) await rm(join(BUILDS, name), { recursive: true, force: true })
}

/** The command lines of all processes: a server's and a sandbox's name files of its build. */
async function runningCommands() {
  const processes = await readdir('/proc').catch(() => undefined)
  if (processes === undefined) return undefined
  const commands = await Promise.all(
    processes
      .filter(name => /^\d+$/.test(name))
      .map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
  )
  return commands.join('\n')
}

/** Names of the builds that are whole. */
async function newestFirst() {
  const names = await readdir(BUILDS).catch(() => [])
  const made = name => Number.parseInt(name.split('-')[1], 36)
  return names.filter(name => /^[0-9a-f]+-\w+$/.test(name)).toSorted((a, b) => made(b) - made(a))
}

function ignoreAbsent(error) {
  if (error.code !== 'ENOENT') throw error
}
