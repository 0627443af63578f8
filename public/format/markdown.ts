/** Markdown of ours as HTML: the guide's, when it is built, and the Lua reference's. Raw HTML in it stays text. */
import { Marked, type Token } from 'marked'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}
const escape = (text: string): string => text.replace(/[&<>"']/g, unit => entities[unit] ?? unit)
const toAnchor = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')

/** What stands below one heading, for a search. */
export interface Section {
  readonly anchor: string
  readonly title: string
  readonly depth: number
  readonly text: string
}

export interface RenderedText {
  /** Of the heading at the top, which the HTML leaves out: the page has one of its own. */
  readonly title: string
  readonly html: string
  readonly sections: readonly Section[]
}

/** Chapters name each other by their files; undefined: what a page has no address for. */
function toAddress(href: string): string | undefined {
  const [, chapter, anchor = ''] = /^([\w-]+)\.md(#.+)?$/.exec(href) ?? []
  if (chapter !== undefined) return `/guide/${chapter}${anchor}`
  return /^(https?:|\/|#)/.test(href) ? href : undefined
}

export function renderMarkdown(text: string): RenderedText {
  const marked = new Marked({
    renderer: {
      html: ({ text }) => escape(text),
      code: ({ text }) => `<pre class="code-block" tabindex="0"><code>${escape(text)}</code></pre>`,
      heading({ depth, text, tokens }) {
        if (depth === 1) return ''
        return `<h${depth} id="${toAnchor(text)}">${this.parser.parseInline(tokens)}</h${depth}>`
      },
      link({ href, tokens }) {
        const label = this.parser.parseInline(tokens)
        const target = toAddress(href)
        return target === undefined ? label : `<a href="${escape(target)}">${label}</a>`
      },
      image: ({ text }) => escape(text)
    }
  })
  const tokens = marked.lexer(text)
  const sections = toSections(tokens)
  return { title: sections[0]?.title ?? '', html: marked.parser(tokens), sections }
}

function toSections(tokens: readonly Token[]): Section[] {
  const sections: Array<Section & { text: string }> = []
  for (const token of tokens) {
    const last = sections.at(-1)
    if (token.type === 'heading') {
      const { depth, text } = token as { depth: number; text: string }
      const title = text.replaceAll('`', '')
      sections.push({ anchor: depth === 1 ? '' : toAnchor(text), title, depth, text: '' })
    } else if (last !== undefined) last.text = `${last.text} ${toPlain(token.raw)}`.trim()
  }
  return sections
}

/** Without marks, and addresses of links. */
const toPlain = (raw: string): string =>
  raw
    .replace(/^```.*$/gm, ' ')
    .replace(/\]\([^)]*\)/g, '')
    .replace(/[`*|[\]]|^[-#> ]+|-{3,}/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim()
