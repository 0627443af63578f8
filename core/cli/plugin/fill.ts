/** Puts what is to be added into a folder: from a folder, from an archive, or from npm. */
import { cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { MoonletError } from '../../base/errors.js'
import { copyFolder } from '../../third-party/packed/copy-folder.js'
import { findDependencies, readManifest } from '../../third-party/packed/dependencies.js'
import { unpack } from '../../third-party/packed/unpack.js'
import { Failure } from '../failure.js'
import { fetchPackage, installDependencies, isPackageSpec } from './npm.js'

const MAX_ARCHIVE = 128 * 1024 ** 2

/** Gives what to call the source. Throws a Failure that names it. */
export async function fill(stage: string, source: string): Promise<string> {
  const path = resolve(source)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined && isPackageSpec(source)) {
    await named(source, () => fillFromNpm(stage, source))
    return source
  }
  if (found === undefined) throw new Failure('failed', `There is nothing at ${path}`)
  await named(source, async () => {
    if (found.isDirectory()) await copyFolder(path, stage)
    else if (found.size > MAX_ARCHIVE) throw problem('is an archive of more than 128 MiB')
    else await unpack(path, stage)
    await checkWhole(stage)
  })
  return found.isDirectory() ? path : basename(path)
}

/** Beside the stage, which npm would name by a path that others could have lead elsewhere. */
async function fillFromNpm(stage: string, spec: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-npm-'))
  const plugin = join(folder, 'plugin')
  try {
    await mkdir(plugin)
    await unpack(await fetchPackage(spec, folder), plugin)
    if ((await findDependencies(plugin)).missing.length > 0) await installDependencies(plugin)
    await checkWhole(plugin)
    await cp(plugin, stage, { recursive: true, verbatimSymlinks: true })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function checkWhole(stage: string): Promise<void> {
  if ((await readManifest(stage)) === undefined) {
    throw problem('is no plugin: it has no package.json')
  }
  const { missing } = await findDependencies(stage)
  if (missing.length === 0) return
  throw problem(
    `needs ${missing.join(', ')}, which it does not bring along: run "npm install" in its folder and add that, ` +
      'or name them in bundleDependencies before "npm pack"'
  )
}

const problem = (text: string): MoonletError => new MoonletError('VALIDATION', text)

/** The words of a problem go on from the name of the source. */
async function named(source: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof MoonletError) || error.code !== 'VALIDATION') throw error
    throw new Failure('failed', `${source} ${error.message}`, {}, { cause: error })
  }
}
