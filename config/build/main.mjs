/** `npm run build`: the sources into dist/; with --tests the tests too. Packages that were made there stay. */
import { readdir, rm } from 'node:fs/promises'
import { buildAll } from './build.mjs'

const out = 'dist'

const before = await readdir(out).catch(() => [])
await Promise.all(
  before
    .filter(name => !/^moonlet[-_]\d/.test(name))
    .map(name => rm(`${out}/${name}`, { recursive: true, force: true }))
)
await buildAll({ out, tests: process.argv.includes('--tests') })
