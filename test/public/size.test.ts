import t from 'tap'
import { readdir, readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { readSources } from './sources.js'

const page = 'dist/public/index.html'
const zipped = async (file: string) => gzipSync(await readFile(file), { level: 9 }).length
const kilobyte = 1024

t.test('the first page without the editor is under 100 KB gzipped', async t => {
  const html = await readFile(page, 'utf8')
  const loaded = [
    ...html.matchAll(/(?:<script[^>]* src|<link[^>]* href)="(\/assets\/[^"]+)"/g)
  ].map(([, path]) => `dist/public${path}`)
  t.ok(loaded.length >= 3, 'scripts and styles are named')
  const sizes = await Promise.all([page, ...loaded].map(zipped))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  t.ok(total < 100 * kilobyte, `${total} bytes`)
})

t.test('the editor with its worker, styles and icons is under 1.2 MB gzipped', async t => {
  const files = (await readdir('dist/public/assets')).filter(file =>
    /^(editor|worker|codicon)-\w+\.\w+$/.test(file)
  )
  t.equal(files.length, 4)
  const sizes = await Promise.all(files.map(file => zipped(`dist/public/assets/${file}`)))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  t.ok(total < 1_200_000, `${total} bytes`)
})

t.test('the first page does not ask for the editor', async t => {
  t.notMatch(await readFile(page, 'utf8'), /<(script|link)[^>]*\/assets\/(editor|worker)-/)
})

t.test('every asset has its content in its name and its compressed forms beside it', async t => {
  const files = await readdir('dist/public/assets')
  const plain = files.filter(file => !/\.(gz|br)$/.test(file))
  for (const file of plain) {
    t.match(file, /-[A-Z0-9]{8}\.\w+$/)
    t.ok(files.includes(`${file}.gz`) && files.includes(`${file}.br`), `${file} is compressed`)
  }
})

t.test('modules are small', async t => {
  const lines = (await readSources('public', '.ts'))
    .filter(({ file }) => !file.includes('/i18n/'))
    .map(({ text }) => text.split('\n').length)
    .sort((a, b) => a - b)
  t.ok(lines.at(-1)! < 300, `the longest has ${lines.at(-1)} lines`)
  t.ok(
    lines[Math.floor(lines.length / 2)]! < 100,
    `the median is ${lines[Math.floor(lines.length / 2)]} lines`
  )
})
