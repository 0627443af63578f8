/**
 * Installs Moonlet the ways that its README names, each in a bare Debian root of its own, does the README's main job
 * with it, brings data of 0.1.0 to today and removes it again: `npm run test:package`, or
 * `node dist/test/package/main.js [archive] [deb] [container]` with what is in dist/. Where tools are missing it says
 * so and skips.
 */
import { readdir } from 'node:fs/promises'
import { checkArchive } from './archive.js'
import { checkContainer } from './container.js'
import { checkDeb } from './deb.js'
import { createRoot, whatIsMissing, type Root } from './root.js'

const ways: Readonly<Record<string, { tools: readonly string[]; check: () => Promise<void> }>> = {
  archive: {
    tools: ['xz'],
    check: () => inRoot(/^moonlet-.*-linux-x64\.tar\.xz$/, checkArchive)
  },
  deb: { tools: ['dpkg-deb'], check: () => inRoot(/^moonlet_.*_amd64\.deb$/, checkDeb) },
  container: { tools: ['buildah', 'umoci', 'crun'], check: checkContainer }
}

const named = process.argv.slice(2)
for (const way of named.length > 0 ? named : Object.keys(ways)) await check(way)

async function check(way: string): Promise<void> {
  const found = ways[way]
  if (found === undefined) throw new Error(`${way} is none of ${Object.keys(ways).join(', ')}`)
  const missing = whatIsMissing(found.tools)
  if (missing !== undefined) {
    console.log(`${way}: skipped, because ${missing}`)
    return
  }
  const began = performance.now()
  await found.check()
  console.log(`${way}: all holds, in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}

async function inRoot(
  file: RegExp,
  checkIn: (root: Root, file: string) => Promise<void>
): Promise<void> {
  const name = (await readdir('dist')).find(entry => file.test(entry))
  if (name === undefined) throw new Error(`${file} is not in dist/: run \`npm run package\` first`)
  const root = await createRoot()
  try {
    await checkBare(root)
    await checkIn(root, `dist/${name}`)
  } finally {
    await root.remove()
  }
}

async function checkBare(root: Root): Promise<void> {
  const found = await root.run('for i in node npm cc gcc python3; do command -v $i || true; done')
  if (found !== '') throw new Error(`The root is not bare: ${found}`)
}
