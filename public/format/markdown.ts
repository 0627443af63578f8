/** The Lua guide's Markdown as HTML. Loaded only where the guide is read; raw HTML in it stays text. */
import { Marked } from 'marked'

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

export interface RenderedText {
  html: string
  /** Its chapters, in order. */
  chapters: Array<{ anchor: string; title: string }>
}

/** The title of the text is left out: the page has one of its own. */
export function renderMarkdown(text: string): RenderedText {
  const chapters: RenderedText['chapters'] = []
  const marked = new Marked({
    renderer: {
      html: ({ text }) => escape(text),
      code: ({ text }) => `<pre class="code-block" tabindex="0"><code>${escape(text)}</code></pre>`,
      heading({ depth, text, tokens }) {
        if (depth === 1) return ''
        const anchor = toAnchor(text)
        if (depth === 2) chapters.push({ anchor, title: text.replaceAll('`', '') })
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>`
      },
      link({ href, tokens }) {
        const label = this.parser.parseInline(tokens)
        return /^(https?:|\/|#)/.test(href) ? `<a href="${escape(href)}">${label}</a>` : label
      },
      image: ({ text }) => escape(text)
    }
  })
  return { html: marked.parse(text, { async: false }), chapters }
}
