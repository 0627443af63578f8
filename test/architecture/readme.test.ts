import t from 'tap'
import { readFile } from 'node:fs/promises'
import { settings } from '../../config/schema.js'
import { settingsTable } from '../../config/settings-table.js'

const readme = await readFile('README.md', 'utf8')
const between = (name: string) =>
  new RegExp(`<!-- ${name}:begin -->\\n([\\s\\S]*?)\\n<!-- ${name}:end -->`).exec(readme)?.[1]

t.test('the settings table is the declaration', async t => {
  t.equal(between('settings'), settingsTable())
})

t.test('every setting has a sentence', async t => {
  for (const [name, setting] of Object.entries(settings)) t.ok(setting.doc.length > 10, name)
})

t.test('every npm script that the README names exists', async t => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = Array.from(
    readme.matchAll(/npm (?:run )?(start|test|bench|check|lint|typecheck|chaos|build)\b/g),
    match => match[1] as string
  )
  t.ok(named.length > 2)
  for (const script of named) t.ok(script in scripts, script)
})

t.test('every file that the README points to exists', async t => {
  for (const [, path] of readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    await t.resolves(readFile(path as string), `${path}`)
  }
})

t.test('the README lists the chapters of the guide in their order', async t => {
  const listed = Array.from(
    readme.matchAll(/^\| \[.*?\]\(public\/guide\/([a-z-]+)\.md\)/gm),
    ([, name]) => name
  )
  const chapters = await readFile('public/guide/main.ts', 'utf8')
  t.same(
    listed,
    Array.from(chapters.matchAll(/\{ name: '([a-z-]+)'/g), ([, name]) => name)
  )
})
