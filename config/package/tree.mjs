/** The folder that archive and Debian package are made from: all that Moonlet needs, and nothing else. */
import { chmod, cp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildAll } from '../build/build.mjs'
import { DOCS, EXAMPLES, withLinksOut } from './docs.mjs'
import { copyModules, findModules } from './modules.mjs'
import { describeThirdParty, packagesOf } from './third-party.mjs'

/** Of package.json, what a running Moonlet and its plugins look at. */
const KEPT = ['name', 'version', 'description', 'license', 'homepage', 'repository', 'type', 'bin']

export async function readManifest() {
  const manifest = JSON.parse(await readFile('package.json', 'utf8'))
  const repository = manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '')
  return { manifest, version: manifest.version, repository }
}

/** Builds Moonlet into `folder`, without what depends on the machine; returns what went into its bundles. */
export async function buildShared(folder) {
  const bundled = await buildAll({ out: join(folder, 'dist'), sourcemap: false })
  const { manifest, version, repository } = await readManifest()
  const exported = Object.entries(manifest.exports).map(([name, target]) => [
    name,
    target.default ?? target
  ])
  await write(
    join(folder, 'package.json'),
    `${JSON.stringify(
      {
        ...Object.fromEntries(KEPT.map(name => [name, manifest[name]])),
        exports: Object.fromEntries(exported)
      },
      null,
      2
    )}\n`
  )
  for (const file of DOCS) {
    const packed = [...DOCS, 'LICENSE', ...EXAMPLES]
    await write(join(folder, file), await withLinksOut(file, packed, { repository, version }))
  }
  for (const file of ['LICENSE', 'config/moonlet.service', ...EXAMPLES]) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await cp(file, join(folder, file))
  }
  await mkdir(join(folder, 'bin'))
  await symlink('../dist/core/moonlet.sh', join(folder, 'bin/moonlet'))
  return bundled
}

/** Adds the packages and the runtime for one kind of machine, and the licences of everything. */
export async function addMachine(folder, arch, bundled) {
  const modules = await findModules(arch)
  await copyModules(modules, folder, arch)
  const parts = [...modules, ...packagesOf(bundled)]
  await write(join(folder, 'THIRD-PARTY.md'), await describeThirdParty(parts))
  await setModes(folder)
}

async function write(file, text) {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

/** Whatever the umask was: readable for all, and programs can be run. */
async function setModes(folder) {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const isProgram = entry.isDirectory() || /^node$|\.sh$/.test(entry.name)
    await chmod(join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644)
  }
}

/** Paths of the native code in the tree, whose needs are the machine's. */
export const findBinaries = async folder =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && /^node$|\.node$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
