/** Bundles the sandbox's child into one file, with Fengari's substituted modules put in place. */
import { build } from 'esbuild'
import { access } from 'node:fs/promises'

const entry = 'sandbox/child/main.ts'

export async function buildChild (out) {
  if (!await access(entry).then(() => true, () => false)) return
  await build({
    entryPoints: [entry],
    outfile: `${out}/sandbox/child.cjs`,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: false,
    logLevel: 'warning'
  })
}
