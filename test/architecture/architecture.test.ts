/** ARCHITECTURE.md names real places, and the way of a call stays short. */
import t from 'tap'
import { access, readdir, readFile } from 'node:fs/promises'

const text = await readFile('ARCHITECTURE.md', 'utf8')

/** The text under a heading, up to the next. */
function section(title: string): string {
  const [, rest = ''] = text.split(`\n## ${title}\n`)
  return rest.split('\n## ', 1)[0] ?? ''
}

const TOPS = /^(?:core|config|sandbox|plugins|public|migrations|test|\.github)\//

t.test('every path that it names exists', async t => {
  const paths = Array.from(text.matchAll(/`([\w./-]+\/[\w./-]*)`/g), match => match[1] as string)
  const ours = paths.filter(path => TOPS.test(path))
  t.ok(ours.length > 40, 'paths are found')
  for (const path of new Set(ours)) await t.resolves(access(path), path)
})

t.test('every file that it links to exists', async t => {
  for (const [, path] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    await t.resolves(access(path as string), `${path}`)
  }
})

t.test('a call passes at most 25 files from its socket to Lua and back', async t => {
  const files = Array.from(
    section('One HTTP call, file by file').matchAll(/^\d+\. `([^`]+)`/gm),
    match => match[1] as string
  )
  t.ok(files.length > 10 && files.length <= 25, `${files.length} files`)
  t.equal(new Set(files).size, files.length, 'each once')
  for (const file of files) await t.resolves(readFile(file), file)
})

t.test('every room of core and of the sandbox is in the table', async t => {
  const table = section('The rooms')
  for (const top of ['core', 'sandbox']) {
    for (const entry of await readdir(top, { withFileTypes: true })) {
      if (entry.isDirectory()) t.match(table, `\`${top}/${entry.name}/\``, `${top}/${entry.name}`)
    }
  }
})

t.test('the README of a folder lists the folders in it, and no others', async t => {
  for (const folder of ['sandbox', 'plugins/storage']) {
    const readme = await readFile(`${folder}/README.md`, 'utf8')
    const [, table = ''] = readme.split('\n| Folder | ', 2)
    const rows = table.split('\n\n', 1)[0] ?? ''
    const listed = Array.from(rows.matchAll(/^\| `([\w-]+)\/`/gm), match => match[1] as string)
    const entries = await readdir(folder, { withFileTypes: true })
    const there = entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
    t.same(listed.toSorted(), there.toSorted(), folder)
  }
})

t.test('the README leads to it', async t => {
  t.match(await readFile('README.md', 'utf8'), '](ARCHITECTURE.md)')
})
