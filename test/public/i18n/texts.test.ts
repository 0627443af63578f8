import t from 'tap'
import { en, ptBR } from '../all-texts.js'
import { readSources } from '../sources.js'

type Areas = Readonly<Record<string, Readonly<Record<string, string>>>>
const keysOf = (areas: Areas) =>
  Object.entries(areas)
    .flatMap(([area, texts]) => Object.keys(texts).map(key => `${area}.${key}`))
    .sort()
const textOf = (areas: Areas, key: string) => areas[key.split('.')[0]!]![key.split('.')[1]!]!
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

t.test('both languages have the same texts', async t => {
  t.same(keysOf(ptBR), keysOf(en))
})

t.test('a translation names the same values as the English text', async t => {
  for (const key of keysOf(en)) {
    t.same(placeholders(textOf(ptBR, key)), placeholders(textOf(en, key)), key)
  }
})

t.test('no text is empty', async t => {
  for (const areas of [en, ptBR]) {
    t.same(
      keysOf(areas).filter(key => textOf(areas, key).trim() === ''),
      []
    )
  }
})

const literal = /x-t(?::[\w-]+)?="([\w.]+)"|\bt[n]?\('(\w+\.\w+)'/g
/** Keys made at run time: `$t('fn.' + tab)`, t(`status.${status}`). */
const prefix = /\bt[n]?\('(\w+\.\w*)' \+|\bt\(`(\w+\.\w*)\$\{|'(\w+\.\w*)' \+/g

t.test('every key that pages name is a text, and every text is named by a page', async t => {
  const sources = [
    ...(await readSources('public', '.html')),
    ...(await readSources('public', '.ts'))
  ].filter(({ file }) => !file.includes('/i18n/'))
  const known = new Set(keysOf(en))
  const isKnown = (key: string) => known.has(key) || known.has(`${key}_other`)
  const used = new Set<string>()
  const prefixes = new Set<string>()
  for (const { file, text } of sources) {
    for (const [, inMarkup, inCode] of text.matchAll(literal)) {
      const key = inMarkup ?? inCode!
      if (text.includes(`'${key}' +`)) continue
      t.ok(isKnown(key), `${file} names ${key}`)
      used.add(key)
    }
    for (const [, quoted, template, bare] of text.matchAll(prefix)) {
      prefixes.add(quoted ?? template ?? bare!)
    }
    for (const [, one, other] of text.matchAll(/\? '(\w+\.\w+)' : '(\w+\.\w+)'/g)) {
      used.add(one!).add(other!)
    }
  }
  const isUsed = (key: string) =>
    used.has(key) ||
    used.has(key.replace(/_(one|other)$/, '')) ||
    [...prefixes].some(start => key.startsWith(start))
  t.same(
    [...known].filter(key => !isUsed(key)),
    []
  )
})

/** Names and signs that are the same in every language. */
const untranslated = new Set([
  'Moonlet',
  'HTTP',
  'EN',
  'PT',
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'Esc'
])

t.test('markup holds no words of its own', async t => {
  for (const { file, text } of await readSources('public', '.html')) {
    if (file.endsWith('preview.html')) continue
    const visible = text
      .replace(/<(title|symbol)[\s\S]*?<\/\1>/g, '')
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace('<!doctype html>', '')
      .replace(/<\/?[a-z](?:"[^"]*"|[^>"])*>/g, '\n')
    const words = visible
      .split('\n')
      .map(line => line.trim())
      .filter(line => /\p{L}/u.test(line) && !untranslated.has(line))
    t.same(words, [], file)
  }
})

t.test('attributes that are read out or shown hold no words of their own', async t => {
  // A language is named in itself; examples of paths and code are no words.
  const allowed = new Set([
    'EN English',
    'PT Português',
    '/path?name=value',
    '/',
    'Content-Type: application/json',
    '*/5 * * * *',
    'NAME=value',
    'WEBHOOK_SECRET',
    'sha256=',
    'hello',
    '/shop/:item',
    'https://shop.example.org',
    'Content-Type',
    'https://hooks.slack.com/services/…',
    'Authorization: Bearer …',
    'ada@example.org'
  ])
  for (const { file, text } of await readSources('public', '.html')) {
    const found = [...text.matchAll(/ (?:title|alt|placeholder|aria-label)="([^"]*)"/g)]
      .map(([, value]) => value!)
      .filter(value => !allowed.has(value))
    t.same(found, [], file)
  }
})

t.test('code shows only texts of the dictionaries', async t => {
  const shown =
    /\b(?:succeed|fail)\('|\b(?:title|text|confirm|other|label|hint|problem|error): '[A-Z][a-z]+ |textContent = '|throw new Error\('[^']*'\)/
  // Faults of the build, which no reader can meet in a page that works.
  const internal = /The page does not say|The editor could not be loaded|There is no/
  for (const { file, text } of await readSources('public', '.ts')) {
    if (file.includes('/i18n/') || file.endsWith('lua-names.ts')) continue
    const found = text.split('\n').filter(line => shown.test(line) && !internal.test(line))
    t.same(found, [], file)
  }
})
