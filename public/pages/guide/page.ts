/** The guide: chapters that were rendered when Moonlet was built, and the Lua reference as the server has it. */
import { component, part } from '../../alpine.js'
import { toOwnPath } from '../../base-path.js'
import { fetchOk } from '../../api/client.js'
import type * as Markdown from '../../format/markdown.js'
import type * as Guide from '../../guide/main.js'
import { t } from '../../i18n/locale.js'
import { asset } from '../../shell/asset.js'
import { loading, loadInto } from '../../shell/loading.js'
import { navigate, route } from '../../shell/router.js'
import { findPlaces, type Place } from './search.js'

/** Name of the chapter that is not written but made by the server, plugins included. */
const REFERENCE = 'lua'
const MAX_PLACES = 20

type Chapter = Guide.Chapter
type Named = Pick<Chapter, 'name' | 'title'>

const loadGuide = async (): Promise<readonly Chapter[]> =>
  ((await import(asset('guide'))) as typeof Guide).chapters

/** The text that language models read at /llms.txt. */
async function loadReference(): Promise<Markdown.RenderedText> {
  const [{ renderMarkdown }, text] = await Promise.all([
    import(asset('markdown')) as Promise<Pick<typeof Markdown, 'renderMarkdown'>>,
    fetchOk('/llms.txt').then(response => response.text())
  ])
  return renderMarkdown(text)
}

const createState = () => ({
  ...loading(),
  chapters: [] as readonly Chapter[],
  reference: undefined as Chapter | undefined,
  shown: '',
  /** What the list of chapters shows, and what stands around the one that is read. */
  names: [] as Named[],
  sections: [] as Markdown.Section[],
  next: undefined as Named | undefined,
  isMissing: false,
  search: '',
  places: [] as Place[],
  count: 0
})
type State = ReturnType<typeof createState>

const reading = part<State>()({
  /** The first chapter where the address names none. */
  load(): Promise<void> {
    const name = route.detail
    const load = async () => {
      const chapters = await loadGuide()
      if (name === REFERENCE) await this.needReference()
      return chapters
    }
    return loadInto(this, load, chapters => {
      this.chapters = chapters
      this.names = [...chapters, { name: REFERENCE, title: '' }]
      this.show(name === '' ? (chapters[0]?.name ?? '') : name)
    })
  },
  async needReference(): Promise<void> {
    if (this.reference !== undefined) return
    this.reference = { ...(await loadReference()), name: REFERENCE, title: t('guide.reference') }
  },
  show(name: string): void {
    const chapter = [...this.chapters, this.reference].find(one => one?.name === name)
    this.shown = name
    this.isMissing = chapter === undefined
    this.sections = (chapter?.sections ?? []).filter(({ depth }) => depth === 2)
    this.next = this.names[this.names.findIndex(one => one.name === name) + 1]
    const page = new DOMParser().parseFromString(chapter?.html ?? '', 'text/html')
    this.$refs['text']?.replaceChildren(
      ...Array.from(page.body.childNodes, node => document.importNode(node, true))
    )
    this.$nextTick(() => {
      scrollToHash()
    })
  },
  /** Only the name of the reference is one of the dashboard's texts. */
  titleOf(name: string): string {
    if (name === REFERENCE) return t('guide.reference')
    return this.chapters.find(one => one.name === name)?.title ?? ''
  },
  languageOf: (name: string): string | false => (name === REFERENCE ? false : 'en'),
  isShown(name: string): boolean {
    return this.shown === name
  }
})

const searching = part<State & typeof reading>()({
  isSearching(): boolean {
    return this.search.trim() !== ''
  },
  isReading(): boolean {
    return this.status === 'ready' && !this.isSearching()
  },
  async find(): Promise<void> {
    if (this.isSearching()) await this.needReference().catch(() => undefined)
    const known = this.reference === undefined ? [] : [this.reference]
    const places = findPlaces([...this.chapters, ...known], this.search)
    this.count = places.length
    this.places = places.slice(0, MAX_PLACES)
  },
  clear(): void {
    this.search = ''
    this.places = []
  },
  /** Links to a place in a chapter do not load the whole page anew. */
  async follow(event: MouseEvent): Promise<void> {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const path = link?.origin === location.origin ? toOwnPath(link.pathname) : undefined
    if (!link || path === undefined || !/^\/guide(\/|$)/.test(path)) return
    if (link.hash === '' || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    this.clear()
    if (await navigate(path + link.hash)) scrollToHash()
  }
})

component('guide', () => ({
  ...createState(),
  ...reading,
  ...searching,
  init() {
    this.load()
    this.$watch('$store.route.detail', () => {
      if (route.page === 'guide') this.load()
    })
  }
}))

function scrollToHash(): void {
  if (location.hash === '') return
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView()
}
