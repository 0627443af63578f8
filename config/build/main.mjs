/**
 * Builds the sources into dist/ with esbuild: the server as one module per source file (packages stay
 * external), the sandbox's child as one bundle, the dashboard as hashed bundles; with --tests the tests too.
 */
import { build } from 'esbuild'
import { readdir, rm, cp } from 'node:fs/promises'
import { buildDashboard } from './dashboard.mjs'
import { buildChild, buildEngineForTests } from './child.mjs'
import { buildTypebox } from './typebox.mjs'

const withTests = process.argv.includes('--tests')
const out = 'dist'

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

await rm(out, { recursive: true, force: true })
const folders = ['core', 'config', 'sandbox', 'plugins', ...(withTests ? ['test', 'public'] : [])]
await Promise.all([
  build({
    entryPoints: await sources(folders),
    outdir: out,
    outbase: '.',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    sourcemap: true,
    logLevel: 'warning'
  }),
  buildChild(out),
  buildTypebox(out),
  ...(withTests ? [buildEngineForTests(out)] : []),
  cp('migrations', `${out}/migrations`, { recursive: true }),
  // For `moonlet new`.
  cp('public/templates', `${out}/core/cli/templates`, { recursive: true }),
  ...['moonlet', 'find-runtime'].map(name => cp(`core/${name}.sh`, `${out}/core/${name}.sh`))
])
await buildDashboard(out)
