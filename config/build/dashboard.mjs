/**
 * Builds the dashboard into dist/public: bundles with content hashes in their names under assets/, and the
 * two pages that name them. Everything is compressed here once, so that serving costs nothing.
 */
import { build } from 'esbuild'
import { mkdir, writeFile } from 'node:fs/promises'
import { compress } from './dashboard/compress.mjs'
import { guide } from './dashboard/guide.mjs'
import { markup } from './dashboard/markup.mjs'
import { withoutNode } from './dashboard/no-node.mjs'
import { buildPage } from './dashboard/page.mjs'
import { constructedStyleSheets } from './dashboard/monaco.mjs'

const shared = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  legalComments: 'none',
  loader: { '.ttf': 'file', '.lua': 'text', '.svg': 'file', '.png': 'file' },
  assetNames: '[name]-[hash]',
  entryNames: '[name]-[hash]',
  metafile: true,
  write: false,
  outdir: 'assets',
  logLevel: 'warning'
}

const bundles = [
  {
    ...shared,
    entryPoints: { editor: 'public/editor/main.ts', worker: 'monaco-editor/editor/editor.worker' },
    plugins: [constructedStyleSheets]
  },
  {
    ...shared,
    // By itself: what the script of another entry shares with it would be a second chunk.
    entryPoints: { app: 'public/main.ts' },
    // Pages that are seldom opened come with their markup and texts when they are: what they share with the others is
    // one chunk, which the document names so that both are asked for at once.
    splitting: true,
    chunkNames: '[name]-[hash]',
    plugins: [markup]
  },
  {
    ...shared,
    entryPoints: { boot: 'public/boot.ts', preview: 'public/preview.ts' },
    format: 'iife'
  },
  {
    ...shared,
    entryPoints: { dotenv: 'public/format/dotenv.ts', markdown: 'public/format/markdown.ts' },
    plugins: [withoutNode]
  },
  { ...shared, entryPoints: { guide: 'public/guide/main.ts' }, plugins: [guide] },
  {
    ...shared,
    entryPoints: { styles: 'public/design/main.css', icon: 'public/design/moonlet.svg' }
  }
]

/** For pages of plugins, whose authors name them: the look of the dashboard, at addresses that stay. */
const look = {
  ...shared,
  entryPoints: ['public/look.ts', 'public/design/main.css'].map(file => ({
    in: file,
    out: 'look'
  })),
  entryNames: '[name]',
  format: 'iife'
}

/** Outputs that pages name beside those of entry points. */
const SHARED = 'chunk.js'
const namedOutputs = new Set(['moonlet.svg', 'editor.css', SHARED])

/** `app.js` → `/assets/app-1A2B3C.js` for everything that the pages name. */
function toNames(results) {
  const names = {}
  for (const [path, { entryPoint, cssBundle }] of results.flatMap(({ metafile }) =>
    Object.entries(metafile.outputs)
  )) {
    const hashed = path.replace(/^assets\//, '')
    const plain = hashed.replace(/-[A-Z0-9]{8}(?=\.\w+$)/, '')
    if (entryPoint !== undefined || namedOutputs.has(plain)) {
      // The document asks for one chunk at once with the application; a second would be a journey of its own.
      if (plain === SHARED && names[plain] !== undefined) throw new Error(`There are two ${SHARED}`)
      names[plain] = `/assets/${hashed}`
    }
    if (cssBundle) {
      names[plain.replace(/\.js$/, '.css')] = `/assets/${cssBundle.replace(/^assets\//, '')}`
    }
  }
  return names
}

/** Builds everything below `${out}/public`. Returns esbuild's notes of what went into each bundle. */
export async function buildDashboard(out) {
  const target = `${out}/public`
  for (const folder of ['assets', 'plugins']) {
    await mkdir(`${target}/${folder}`, { recursive: true })
  }
  const [looks, ...results] = await Promise.all([look, ...bundles].map(options => build(options)))
  const names = toNames(results)
  const files = results
    .flatMap(({ outputFiles }) => outputFiles)
    .filter(file => !/icon-\w+\.js$/.test(file.path))
    .map(file => ({
      path: `${target}/assets/${file.path.slice(file.path.lastIndexOf('/') + 1)}`,
      contents: file.contents
    }))
  for (const { path, contents } of looks.outputFiles) {
    files.push({ path: `${target}/plugins/${path.slice(path.lastIndexOf('/') + 1)}`, contents })
  }
  for (const page of ['index.html', 'preview.html']) {
    files.push({
      path: `${target}/${page}`,
      contents: Buffer.from(await buildPage(`public/${page}`, names))
    })
  }
  await Promise.all(
    files.map(async ({ path, contents }) => {
      await writeFile(path, contents)
      await compress(path, contents)
    })
  )
  return [looks, ...results].map(({ metafile }) => metafile)
}
