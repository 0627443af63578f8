/** Bundles the sandbox's child into one file, with Fengari's substituted modules put in place. */
import { build } from 'esbuild'
import { fengariPlugin } from './fengari-plugin.mjs'

const entry = 'sandbox/child/main.ts'
/** The engine alone, as the tests and benchmarks load it. */
const engineEntry = 'test/sandbox/child/fengari/bundle.ts'

const settings = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: false,
  logLevel: 'warning',
  // The variant that never makes code from text: the child runs with --disallow-code-generation-from-strings.
  alias: { msgpackr: 'msgpackr/index-no-eval' },
  plugins: [fengariPlugin]
}

export async function buildChild (out) {
  await build({ ...settings, entryPoints: [entry], outfile: `${out}/sandbox/child.cjs` })
}

export async function buildEngineForTests (out) {
  await build({ ...settings, entryPoints: [engineEntry], outfile: `${out}/sandbox/engine-for-tests.cjs` })
}
