/** The dialogs about what somebody else changed meanwhile, in every form that they are seen in. */
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { eventually } from '../helpers/eventually.js'
import { painted, violations } from './axe.js'
import { editorOf, hello, needsBrowser, replaceCode, visit, type Visit } from './browser.js'

const sizes = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  /** A window of 1280 pixels at a zoom of 200 %. */
  zoomed: { width: 640, height: 400 }
} as const

const looks = [
  { colorScheme: 'light', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'active' }
] as const

/** Forced colours are the system's own; of contrasts only those count that the page sets itself, on what is pressed. */
const found = async (page: Page, isForced: boolean): Promise<string[]> =>
  (await violations(page)).filter(
    text => !isForced || !text.startsWith('color-contrast') || text.includes('aria-pressed')
  )

/** Every part can be reached: nothing is wider than the dialog, and the dialog is within the window. */
async function fits(t: Test, page: Page, dialog: Locator, how: string): Promise<void> {
  const box = await dialog.boundingBox()
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 }
  t.ok(box && box.x >= 0 && box.x + box.width <= width, `${how}: within the width`)
  t.ok(box && box.y >= 0 && box.y + box.height <= height, `${how}: within the height`)
  const isWide = await dialog.evaluate(element => element.scrollWidth > element.clientWidth)
  t.notOk(isWide, `${how}: nothing sticks out`)
  for (const button of await dialog.locator('.dialog-foot button:visible').all()) {
    await button.scrollIntoViewIfNeeded()
    const place = await button.boundingBox()
    t.ok(place && place.x >= 0 && place.x + place.width <= width, `${how}: a button is in view`)
  }
}

async function looksRight(t: Test, page: Page, dialog: Locator, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    for (const { colorScheme, forcedColors } of looks) {
      await page.emulateMedia({ colorScheme, forcedColors, reducedMotion: 'reduce' })
      await painted(page)
      const how = `${name}, ${size}, ${colorScheme}, forced colours ${forcedColors}`
      await eventually(t, () => found(page, forcedColors === 'active'), [], how)
      await fits(t, page, dialog, how)
    }
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none' })
  await page.setViewportSize(sizes.desktop)
}

const form = (page: Page, heading: string) =>
  page
    .locator('form.card')
    .filter({ has: page.getByRole('heading', { name: heading, exact: true }) })
const save = (page: Page, heading: string) =>
  form(page, heading).getByRole('button', { name: 'Save', exact: true }).click()

async function meetSettings(t: Test, { page, api }: Visit, id: string): Promise<void> {
  const dialog = page.locator('#clashes')
  const theirs = { name: 'theirs '.repeat(12).trim(), description: 'their description' }
  await page.locator('#setting-name').fill('mine')
  await page.locator('#setting-description').fill('my description')
  await api(`/api/functions/${id}`, { method: 'PUT', body: theirs })
  await save(page, 'General')
  await dialog.getByRole('radio').first().waitFor()
  await looksRight(t, page, dialog, 'settings')
  await page.keyboard.press('Escape')
}

async function meetVariables(t: Test, { page, api }: Visit, id: string): Promise<void> {
  const dialog = page.locator('#clashes')
  const row = page.getByRole('group', { name: 'TOKEN', exact: true })
  await row.getByRole('button', { name: 'Show' }).click()
  await row.locator('textarea').fill('mine')
  const env = { env_vars: { TOKEN: 'theirs'.repeat(40) } }
  await api(`/api/functions/${id}/env`, { method: 'PUT', body: env })
  await save(page, 'Environment variables')
  await dialog.getByRole('radio').first().waitFor()
  await looksRight(t, page, dialog, 'hidden variables')
  await dialog.getByRole('button', { name: 'Show values' }).click()
  await looksRight(t, page, dialog, 'variables')
}

async function meetCode(t: Test, { page, api }: Visit, id: string): Promise<void> {
  const dialog = page.locator('#code-clash')
  await editorOf(page)
  await replaceCode(page, `${hello}-- mine`)
  await api(`/api/functions/${id}`, { method: 'PUT', body: { code: `${hello}-- theirs` } })
  await page.keyboard.press('Control+s')
  await dialog.locator('.view-line').filter({ hasText: 'theirs' }).first().waitFor()
  await looksRight(t, page, dialog, 'code')
}

async function meetData(t: Test, { page, api }: Visit, id: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  const key = `/api/functions/${id}/kv/settings`
  await page.getByRole('button', { name: 'settings', exact: true }).click()
  await dialog.getByLabel('Value').fill('"mine"')
  await api(key, { method: 'PUT', body: { theirs: 'x'.repeat(300) } })
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.getByRole('button', { name: 'Replace it with mine' }).waitFor()
  await looksRight(t, page, dialog, 'data')
}

t.test('dialogs about clashes can be read and reached in every form', needsBrowser, async t => {
  const all = await visit(t, { bypassCSP: true })
  const { page, server, api, createFunction } = all
  const id = await createFunction('Order intake', hello)
  await api(`/api/functions/${id}/env`, { method: 'PUT', body: { env_vars: { TOKEN: 'secret' } } })
  await api(`/api/functions/${id}/kv/settings`, { method: 'PUT', body: { first: true } })
  const ways = [
    ['settings', meetSettings],
    ['settings', meetVariables],
    ['code', meetCode],
    ['data', meetData]
  ] as const
  for (const [tab, meet] of ways) {
    await page.goto(`${server.base}/functions/${id}/${tab}`)
    await meet(t, all, id)
    page.once('dialog', question => question.accept())
  }
})
