/**
 * `npm run package`: makes the release archive of this checkout in dist/, with its SHA-256, and where dpkg-deb is
 * installed the Debian package; for every kind of machine whose runtime is in node_modules. `--archive` and `--deb`
 * make only one of both, `--level=1` compresses less and faster. It asks no network, and does not touch what is built
 * in dist/.
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packArchive } from './archive.mjs'
import { debName, packDeb } from './deb.mjs'
import { readNeeds } from './elf.mjs'
import { hasRuntime } from './modules.mjs'
import { has, sourceTime } from './run.mjs'
import { addMachine, buildShared, findBinaries, readManifest } from './tree.mjs'

const { values } = parseArgs({
  options: {
    archive: { type: 'boolean' },
    deb: { type: 'boolean' },
    level: { type: 'string', default: '6' }
  }
})
if (!/^[0-9]$/.test(values.level)) end(`--level=${values.level} is not one of 0 to 9`)
const { level } = values
const all = values.archive === undefined && values.deb === undefined
const wantsArchive = all || values.archive
const wantsDeb = all || values.deb

try {
  await packAll()
} catch (error) {
  end(error.message)
}

async function packAll() {
  for (const tool of ['bash', 'tar', 'xz']) {
    if (!has(tool)) throw new Error(`${tool} is not installed (Debian's package xz-utils has xz)`)
  }
  if (values.deb && !has('dpkg-deb')) throw new Error('dpkg-deb is not installed')
  const machines = []
  for (const arch of ['x64', 'arm64']) if (await hasRuntime(arch)) machines.push(arch)
  if (machines.length === 0) {
    throw new Error('No runtime is in node_modules: run `npm ci`, without --omit=optional')
  }
  await mkdir('.cache', { recursive: true })
  await mkdir('dist', { recursive: true })
  const work = await mkdtemp('.cache/package-')
  try {
    const { version } = await readManifest()
    const shared = join(work, 'shared')
    const bundled = await buildShared(shared)
    for (const arch of machines) await packMachine({ arch, work, shared, bundled, version })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function packMachine({ arch, work, shared, bundled, version }) {
  const name = `moonlet-${version}`
  const time = sourceTime()
  const folder = join(work, arch, name)
  await cp(shared, folder, { recursive: true, verbatimSymlinks: true })
  await addMachine(folder, arch, bundled)
  const needs = await readNeeds(await findBinaries(folder))
  if (wantsArchive) {
    const file = `dist/${name}-linux-${arch}.tar.xz`
    tell(file, await packArchive(folder, file, { time, level }))
  }
  if (wantsDeb && has('dpkg-deb')) {
    const file = `dist/${debName(version, arch)}`
    tell(file, await packDeb(folder, file, { arch, needs, time, level, work }))
  } else if (wantsDeb) console.log('No Debian package: dpkg-deb is not installed.')
  console.log(`linux-${arch} needs glibc ${needs.glibc} and the libstdc++ of GCC ${needs.gcc}.`)
}

function tell(file, size) {
  console.log(`${file}  ${(size / 1e6).toFixed(1)} MB`)
}

function end(message) {
  console.error(`Moonlet could not be packed. ${message}`)
  process.exit(1)
}
