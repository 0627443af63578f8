import { basename } from 'node:path'
import t from 'tap'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import { assignFolders, toFolderName } from '../../../core/export-import/folder-names.js'

for (const [name, folder] of [
  ['hello', 'hello'],
  ['My function (v2)', 'My-function-v2'],
  ['../../etc/passwd', 'etc-passwd'],
  ['..', 'function'],
  ['', 'function'],
  ['.hidden', 'hidden'],
  ['a/b\\c', 'a-b-c'],
  ['größe', 'größe'],
  ['日本語', '日本語'],
  ['con', '_con'],
  ['NUL.txt', '_NUL.txt'],
  ['modules', '_modules'],
  ['node_modules', '_node_modules'],
  ['x'.repeat(100), 'x'.repeat(60)],
  ['a\0b', 'a-b']
] as const) {
  t.test(`${JSON.stringify(name)} becomes ${folder}`, async t => {
    t.equal(toFolderName(name), folder)
  })
}

t.test('no name leads out of the folder', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        const folder = toFolderName(name)
        return (
          folder !== '' &&
          !folder.startsWith('.') &&
          !folder.includes('\\') &&
          basename(folder) === folder
        )
      })
    )
  )
})

t.test('functions whose names meet get folders of their own', async t => {
  const folders = assignFolders([
    { id: 'c', name: 'HELLO' },
    { id: 'a', name: 'hello' },
    { id: 'b', name: 'hello' },
    { id: 'd', name: 'other' }
  ])
  t.same(Object.fromEntries(folders), { a: 'hello', b: 'hello-b', c: 'HELLO-c', d: 'other' })
})
