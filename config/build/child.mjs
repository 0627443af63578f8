/**
 * Bundles the sandbox's child, with Fengari's substituted modules put in place: a small loader, and the program as
 * one function of what the loader gives it (see sandbox/child/loader.ts).
 */
import { build } from 'esbuild'
import { writeFile } from 'node:fs/promises'
import { fengariPlugin } from './fengari-plugin.mjs'
import { kindsPlugin } from './kinds-plugin.mjs'
import { precompiledPlugin } from './precompiled-plugin.mjs'

const loaderEntry = 'sandbox/child/loader.ts'
const programEntry = 'sandbox/child/main.ts'
/** The engine alone, as the tests and benchmarks load it. */
const engineEntry = 'test/sandbox/lua/bundle.ts'

const common = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  sourcemap: false,
  metafile: true,
  logLevel: 'warning',
  // Its modules as they are, of which only what is used is bundled. They make code from text for records alone, which
  // frames have none of: the child runs with --disallow-code-generation-from-strings.
  alias: { msgpackr: 'msgpackr/pack' },
  // Fields set by the constructor itself: a young process has one call fewer to interpret for every object.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  plugins: [fengariPlugin, kindsPlugin]
}
const settings = { ...common, plugins: [...common.plugins, precompiledPlugin(common)] }

/** Returns esbuild's notes of what went into each file. */
export async function buildChild(out) {
  const [loader, program] = await Promise.all([
    build({ ...settings, entryPoints: [loaderEntry], outfile: `${out}/sandbox/child.cjs` }),
    build({
      ...settings,
      entryPoints: [programEntry],
      write: false,
      minifyWhitespace: true,
      minifySyntax: true,
      // Every process keeps the source, and the names of its variables: 0.25 MiB less.
      minifyIdentifiers: true
    })
  ])
  await writeFile(
    `${out}/sandbox/child-program.js`,
    `(function(require,script){${program.outputFiles[0].text}})\n`
  )
  return [loader.metafile, program.metafile]
}

export async function buildEngineForTests(out) {
  await build({
    ...settings,
    entryPoints: [engineEntry],
    outfile: `${out}/sandbox/engine-for-tests.cjs`
  })
}
