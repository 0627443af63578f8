/** The Lua guide, laid out: the same text that language models read at /llms.txt. */
import { component } from '../alpine.js'
import { fetchOk } from '../api/client.js'
import type * as Markdown from '../format/markdown.js'
import { asset } from '../shell/asset.js'
import { loading, loadInto } from '../shell/loading.js'

async function readGuide(): Promise<Markdown.RenderedText> {
  const [{ renderMarkdown }, text] = await Promise.all([
    import(asset('markdown')) as Promise<Pick<typeof Markdown, 'renderMarkdown'>>,
    fetchOk('/llms.txt').then(response => response.text())
  ])
  return renderMarkdown(text)
}

component('guide', () => ({
  ...loading(),
  chapters: [] as Markdown.RenderedText['chapters'],

  init() {
    this.load()
  },

  load(): Promise<void> {
    return loadInto(this, readGuide, ({ html, chapters }) => {
      this.chapters = chapters
      const page = new DOMParser().parseFromString(html, 'text/html')
      this.$refs['text']?.replaceChildren(
        ...Array.from(page.body.childNodes, node => document.importNode(node, true))
      )
      this.$nextTick(() => {
        if (location.hash !== '') {
          document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView()
        }
      })
    })
  }
}))
