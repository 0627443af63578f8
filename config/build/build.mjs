/**
 * Builds the sources into a folder with esbuild: the server as one module per source file (packages stay external),
 * the sandbox's child as one bundle, the dashboard as hashed bundles; with `tests` the tests too.
 */
import { build } from 'esbuild'
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { buildDashboard } from './dashboard.mjs'
import { buildChild, buildEngineForTests } from './child.mjs'
import { buildTypebox } from './typebox.mjs'

/** Every TypeScript source below the folders, declaration files aside. */
const sources = async folders =>
  (
    await Promise.all(
      folders.map(async folder =>
        (await readdir(folder, { recursive: true }))
          .filter(
            file =>
              file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.includes('node_modules')
          )
          .map(file => `${folder}/${file}`)
      )
    )
  ).flat()

const modules = {
  outbase: '.',
  format: 'esm',
  platform: 'node',
  target: 'node22',
  logLevel: 'warning'
}

/**
 * Builds into `out`, which must be empty or absent; source maps are right for the folder that it `standsIn`
 * afterwards. `tests` adds what tests load. Returns the paths of all files that went into a bundle, which are what
 * somebody who passes the result on also passes on.
 */
export async function buildAll({ out, standsIn = out, tests = false, sourcemap = true }) {
  const folders = ['core', 'config', 'sandbox', 'plugins', ...(tests ? ['public'] : [])]
  const [child, typebox, dashboard] = await Promise.all([
    buildChild(out),
    buildTypebox(out),
    buildDashboard(out),
    buildModules({ out, standsIn, folders, sourcemap }),
    ...(tests ? [buildEngineForTests(out)] : []),
    cp('migrations', `${out}/migrations`, { recursive: true }),
    // For `moonlet new` and `moonlet plugin new`.
    cp('public/templates', `${out}/core/cli/templates`, { recursive: true }),
    cp('core/cli/plugin/template', `${out}/core/cli/plugin/template`, { recursive: true }),
    ...['moonlet', 'find-runtime'].map(name => cp(`core/${name}.sh`, `${out}/core/${name}.sh`))
  ])
  return [child, typebox, dashboard].flatMap(metafiles =>
    metafiles.flatMap(({ inputs }) => Object.keys(inputs))
  )
}

async function buildModules({ out, standsIn, folders, sourcemap }) {
  const { outputFiles } = await build({
    ...modules,
    entryPoints: await sources(folders),
    outdir: standsIn,
    sourcemap,
    write: false
  })
  const files = outputFiles.map(({ path, contents }) => ({
    path: join(out, relative(resolve(standsIn), path)),
    contents
  }))
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) {
    await mkdir(folder, { recursive: true })
  }
  await Promise.all(files.map(({ path, contents }) => writeFile(path, contents)))
}

/** The tests, into dist/test: beside a build that was made for them. */
export async function buildTests() {
  await rm('dist/test', { recursive: true, force: true })
  await build({ ...modules, entryPoints: await sources(['test']), outdir: 'dist', sourcemap: true })
}
