import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, visit } from './browser.js'
import { preparePlaces } from './places.js'

t.test('on a phone the present tab is in sight, in both languages', needsBrowser, async t => {
  for (const locale of ['en-US', 'pt-BR']) {
    const { page, server, createFunction, faults } = await visit(t, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      locale
    })
    const id = await createFunction('Pocket', hello)
    for (const tab of ['code', 'test', 'executions', 'versions', 'data', 'access', 'settings']) {
      await page.goto(`${server.base}/functions/${id}/${tab}`)
      const present = page.locator('.function-head + .tabs [aria-current="page"]')
      await present.waitFor()
      const inSight = () =>
        present.evaluate(element => {
          const { left, right } = element.getBoundingClientRect()
          return left >= 0 && right <= innerWidth
        })
      await eventually(t, inSight, true, `${tab}, ${locale}`)
    }
    t.same(faults, [])
  }
})

/** Runs in the page: a line is drawn around what has the focus, or around its visible part. */
function isOutlined(): boolean {
  const focused = document.activeElement!
  const drawn = focused.matches('.switch input') ? focused.nextElementSibling! : focused
  const { outlineStyle, outlineWidth } = getComputedStyle(drawn)
  return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1
}

t.test(
  'with forced colours a line is drawn around whatever has the focus',
  needsBrowser,
  async t => {
    const all = await visit(t, { forcedColors: 'active' })
    const { page, server } = all
    for (const place of await preparePlaces(all)) {
      if (place.name === 'code') continue
      await page.goto(server.base + place.path)
      await place.ready(page)
      await page.evaluate(() => {
        ;(document.activeElement as HTMLElement | null)?.blur()
      })
      const without = new Set<string>()
      for (let presses = 0; presses < 45; presses++) {
        await page.keyboard.press('Tab')
        const skipped = await page.evaluate(
          () =>
            document.activeElement === document.body ||
            document.activeElement!.closest('.monaco-editor') !== null
        )
        if (!skipped && !(await page.evaluate(isOutlined))) {
          without.add(await page.evaluate(() => document.activeElement!.outerHTML.slice(0, 120)))
        }
      }
      t.same([...without], [], place.name)
    }
  }
)

t.test('at 200 % zoom no page is wider than its window', needsBrowser, async t => {
  const all = await visit(t, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 })
  const { page, server, faults } = all
  for (const place of await preparePlaces(all)) {
    await page.goto(server.base + place.path)
    await place.ready(page)
    await eventually(
      t,
      () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      true,
      place.name
    )
  }
  t.same(faults, [])
})
