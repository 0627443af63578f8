import { access, readFile } from 'node:fs/promises'
import t from 'tap'

const text = await readFile('SECURITY.md', 'utf8')
const promises = [...text.matchAll(/^\| (?!Promise|---)(.+?) \| (.+?) \|$/gm)].map(match => ({
  promise: match[1] as string,
  tests: [...(match[2] as string).matchAll(/`([^`]+)`/g)].map(test => test[1] as string)
}))

t.test('there are promises', async t => {
  t.ok(promises.length > 10)
})

for (const { promise, tests } of promises) {
  t.test(`"${promise.slice(0, 60)}…" names a test that exists`, async t => {
    t.ok(tests.length > 0)
    for (const test of tests) await t.resolves(access(test), test)
  })
}
