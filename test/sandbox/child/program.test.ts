import { readFile } from 'node:fs/promises'
import t from 'tap'

t.test('a sandbox loads no cryptography before a function asks for it', async t => {
  const program = await readFile(
    new URL('../../../sandbox/child-program.js', import.meta.url),
    'utf8'
  )
  const loaded = Array.from(program.matchAll(/require\("(node:\w+)"\)/g), ([, name]) => name)
  t.ok(loaded.includes('node:fs'), 'it is seen what is loaded')
  t.notOk(loaded.includes('node:crypto'))
})
