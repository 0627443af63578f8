/**
 * Builds the sources into a folder with esbuild: the server as one module per source file (packages stay external),
 * the sandbox's child as one bundle, the dashboard as hashed bundles; with `tests` the tests too.
 */
import { build } from 'esbuild'
import { cp, readdir } from 'node:fs/promises'
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

/**
 * Builds into `out`, which must be empty or absent. Returns the paths of all files that went into a bundle, which are
 * what somebody who passes the result on also passes on.
 */
export async function buildAll({ out, tests = false, sourcemap = true }) {
  const folders = ['core', 'config', 'sandbox', 'plugins', ...(tests ? ['test', 'public'] : [])]
  const [child, typebox, dashboard] = await Promise.all([
    buildChild(out),
    buildTypebox(out),
    buildDashboard(out),
    build({
      entryPoints: await sources(folders),
      outdir: out,
      outbase: '.',
      format: 'esm',
      platform: 'node',
      target: 'node22',
      sourcemap,
      logLevel: 'warning'
    }),
    ...(tests ? [buildEngineForTests(out)] : []),
    cp('migrations', `${out}/migrations`, { recursive: true }),
    // For `moonlet new`.
    cp('public/templates', `${out}/core/cli/templates`, { recursive: true }),
    ...['moonlet', 'find-runtime'].map(name => cp(`core/${name}.sh`, `${out}/core/${name}.sh`))
  ])
  return [child, typebox, dashboard].flatMap(metafiles =>
    metafiles.flatMap(({ inputs }) => Object.keys(inputs))
  )
}
