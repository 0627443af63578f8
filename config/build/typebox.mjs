/**
 * TypeBox comes as hundreds of small modules. As one file they save the server an eighth of the processor time of its
 * start (test/bench/NOTES.md). A package of that name in dist/node_modules is what the built server finds first.
 */
import { build } from 'esbuild'
import { writeFile } from 'node:fs/promises'

/** Returns esbuild's notes of what went into it. */
export async function buildTypebox(out) {
  const folder = `${out}/node_modules/typebox`
  const { metafile } = await build({
    entryPoints: { index: 'typebox', schema: 'typebox/schema' },
    outdir: folder,
    bundle: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    logLevel: 'warning'
  })
  const exports = { '.': './index.js', './schema': './schema.js' }
  await writeFile(
    `${folder}/package.json`,
    JSON.stringify({ name: 'typebox', type: 'module', exports })
  )
  return [metafile]
}
