import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import type * as Plugin from '../../config/build/fengari-plugin.mjs'

const require = createRequire(import.meta.url)
// The build's own files are not built: found from dist/test/config.
const { checkVersion, patchSource } = (await import(
  new URL('../../../config/build/fengari-plugin.mjs', import.meta.url).href
)) as typeof Plugin

t.test('any version of Fengari but the pinned one stops the build', async t => {
  t.throws(() => checkVersion('0.1.4'), {
    message: 'the sandbox is made for fengari 0.1.5, but 0.1.4 is installed'
  })
  t.throws(() => checkVersion('0.2.0'))
  t.doesNotThrow(() =>
    checkVersion((require('fengari/package.json') as { version: string }).version)
  )
})

t.test('a patch that does not fit exactly stops the build', async t => {
  t.equal(
    patchSource('lparser', 'one two one', [
      ['one', '1', 2],
      ['two', '2', 1]
    ]),
    '1 2 1'
  )
  t.throws(() => patchSource('lparser', 'one two', [['one', '1', 2]]), {
    message: 'fengari\'s lparser.js has "one" 1 times, not 2'
  })
  t.throws(() => patchSource('lcode', 'one', [['three', '3', 1]]), {
    message: /has "three" 0 times/
  })
})

t.test(
  "the bundle holds nothing of Fengari's that reaches files, terminals or processes",
  async t => {
    const bundle = readFileSync(
      new URL('../../sandbox/engine-for-tests.cjs', import.meta.url),
      'utf8'
    )
    for (const name of [
      'tmp',
      'readline-sync',
      'child_process',
      'fs',
      'node:fs',
      'os',
      'sprintf-js'
    ]) {
      t.notMatch(bundle, `require("${name}")`)
    }
  }
)
