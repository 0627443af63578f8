import t from 'tap'
import { en, ptBR } from '../public/all-texts.js'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, visit } from './browser.js'
import { preparePlaces } from './places.js'

t.test(
  'no page is wider than its window, and none meets a refusal of its policy',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server, faults } = all
    const places = await preparePlaces(all)
    for (const width of [1600, 768, 375]) {
      await page.setViewportSize({ width, height: 812 })
      for (const place of places) {
        await page.goto(server.base + place.path)
        await place.ready(page)
        await eventually(
          t,
          () => page.evaluate(() => document.documentElement.scrollWidth),
          width,
          `${place.name}, ${width} px`
        )
      }
    }
    t.same(faults, [])
  }
)

t.test('in Portuguese no page shows an English text', needsBrowser, async t => {
  const all = await visit(t, { locale: 'pt-BR' })
  const { page, server, faults } = all
  const english = new Set<string>(Object.values(en).flatMap(area => Object.values(area)))
  for (const areas of Object.values(ptBR)) {
    for (const text of Object.values(areas)) english.delete(text)
  }
  for (const place of await preparePlaces(all)) {
    await page.goto(server.base + place.path)
    await place.ready(page)
    await eventually(t, () => page.evaluate(() => document.documentElement.lang), 'pt-BR')
    await eventually(
      t,
      async () => (await page.evaluate(readTexts)).length > 10,
      true,
      `${place.name} shows texts`
    )
    const shown = await page.evaluate(readTexts)
    t.same(
      shown.filter(text => english.has(text)),
      [],
      place.name
    )
  }
  t.same(faults, [])
})

/** Runs in the page: every text, and every attribute that is read out; not the guide, which says that it is English. */
function readTexts(): string[] {
  const found: string[] = []
  const walker = document.createTreeWalker(
    document.body,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT
  )
  for (let node: Node | null = walker.currentNode; node; node = walker.nextNode()) {
    const element = node instanceof Element ? node : node.parentElement
    if (element?.closest('.guide [lang=en]')) continue
    if (node instanceof Element) {
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
        found.push(node.getAttribute(name) ?? '')
      }
    } else if (!node.parentElement?.closest('.monaco-editor, script')) {
      found.push(node.textContent?.trim() ?? '')
    }
  }
  return found.filter(Boolean)
}
