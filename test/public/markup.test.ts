import t from 'tap'
import { readSources } from './sources.js'

const parserPath = '@alpinejs/csp/src/parser.js'
const { generateRuntimeFunction } = (await import(parserPath)) as {
  generateRuntimeFunction: (expression: string) => unknown
}

const directives = / (x-(?:bind|on|show|if|text|prose|model|init)[\w:.-]*)="([^"]*)"/g

t.test('every expression in the markup is one that the CSP build understands', async t => {
  for (const { file, text } of await readSources('public', '.html')) {
    for (const [, directive, expression] of text.matchAll(directives)) {
      t.doesNotThrow(
        () => generateRuntimeFunction(expression!),
        `${file}: ${directive}="${expression}"`
      )
    }
  }
})

t.test('markup has no scripts, styles or handlers of its own', async t => {
  for (const { file, text } of await readSources('public', '.html')) {
    t.notMatch(text, /<style|\sstyle="|\son\w+="|<script(?![^>]*\bsrc=)/, file)
  }
})

t.test('pages use only classes that the design system has', async t => {
  const styles = (await readSources('public/design', '.css')).map(({ text }) => text).join('\n')
  const known = new Set([...styles.matchAll(/\.([a-zA-Z][\w-]*)/g)].map(([, name]) => name!))
  const markup = [...(await readSources('public', '.html'))]
  for (const { file, text } of markup) {
    const used = [...text.matchAll(/ class="([^"]*)"/g)]
      .flatMap(([, list]) => list!.split(/\s+/))
      .filter(Boolean)
    t.same(
      [...new Set(used)].filter(name => !known.has(name)),
      [],
      file
    )
  }
})

t.test('no class of the design system is one of the editor', async t => {
  const styles = (await readSources('public/design', '.css')).map(({ text }) => text).join('\n')
  const editor = (await readSources('dist/public/assets', '.css')).find(({ file }) =>
    /\/editor-\w+\.css$/.test(file)
  )!
  const classes = (text: string, before: string) =>
    new Set(
      [...text.matchAll(new RegExp(`${before}\\.([a-zA-Z][\\w-]*)`, 'g'))].map(([, name]) => name!)
    )
  const theirs = classes(editor.text, '')
  // An icon of ours is an svg, which the editor's are not.
  t.same(
    [...classes(styles, '(?<!svg)')].filter(name => theirs.has(name) && name !== 'monaco-editor'),
    []
  )
})

t.test('every colour is a token', async t => {
  const styles = (await readSources('public/design', '.css')).filter(
    ({ file }) => !file.endsWith('tokens.css')
  )
  for (const { file, text } of styles) {
    const colours = text.match(/#[0-9a-f]{3,8}\b/gi)?.filter(colour => colour !== '#fff') ?? []
    // Two greens of switches and dots stay the same on any surface.
    t.same(
      colours.filter(
        colour => !/^#(188551|2c9d66|1d9a5e|3fc27f|d2364a|ff6470|e9ebf0|21252f)$/.test(colour)
      ),
      [],
      file
    )
  }
})
