import t from 'tap'
import { renderMarkdown } from '../../../public/format/markdown.js'
import { findPlaces } from '../../../public/pages/guide/search.js'

const text = `# Data

What stays.

## Stored values

Use \`kv.increment\`, which is **atomic**.

\`\`\`lua
kv.increment("visits")
\`\`\`

## Variables

See [stored values](data.md#stored-values) and [x](../x.md). <b>raw</b>
`

const rendered = renderMarkdown(text)
const chapters = [{ name: 'data', ...rendered }]

t.test('Markdown becomes HTML without raw HTML, and sections for a search', async t => {
  t.equal(rendered.title, 'Data')
  t.notMatch(rendered.html, /<h1|<b>/)
  t.match(rendered.html, '<h2 id="stored-values">Stored values</h2>')
  t.match(rendered.html, '&lt;b&gt;raw')
  t.same(rendered.html.match(/<a[^>]*>/g), ['<a href="/guide/data#stored-values">'])
  t.match(rendered.sections, [
    { anchor: '', title: 'Data', depth: 1, text: 'What stays.' },
    { anchor: 'stored-values', title: 'Stored values', text: /kv\.increment , which is atomic/ },
    { anchor: 'variables', title: 'Variables', text: /^See stored values/ }
  ])
})

t.test('links of other kinds than pages are texts', async t => {
  t.notMatch(renderMarkdown('[x](javascript:alert(1)) [y](data:text/html,z)').html, '<a')
})

t.test('a search finds sections with all words, those in titles first', async t => {
  t.match(findPlaces(chapters, 'stored VALUES'), [
    { path: '/guide/data#stored-values', chapter: 'Data', title: 'Stored values' },
    { path: '/guide/data#variables' }
  ])
  t.match(findPlaces(chapters, 'stays'), [{ path: '/guide/data', excerpt: 'What stays.' }])
  t.same(findPlaces(chapters, 'stored zebra'), [])
  t.same(findPlaces(chapters, '  '), [])
})
