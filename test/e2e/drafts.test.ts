/** What is typed and not saved: kept, or said to be lost before it is. */
import t from 'tap'
import type { Page } from 'playwright-core'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, replaceCode, said, visit } from './browser.js'

const codeOf = (mark: string) => `function handler() return { body = "${mark}" } end`
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true })
const leaving = (page: Page) =>
  page.getByRole('dialog').filter({ hasText: 'Leave with unsaved changes?' })

/** What the browser keeps of the function's code. */
const keptOf = (page: Page, id: string) =>
  page.evaluate(name => {
    const kept = localStorage.getItem(name)
    return kept === null ? undefined : (JSON.parse(kept) as { code: string; base: number })
  }, `moonlet.draft.${id}`)

async function reload(page: Page): Promise<void> {
  page.once('dialog', dialog => {
    dialog.accept()
  })
  await page.reload()
}

t.test('of two tabs, none takes along what the other has typed', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Two tabs', hello)
  const other = await page.context().newPage()
  for (const tab of [page, other]) await tab.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, codeOf('first'))
  await eventually(t, async () => (await keptOf(page, id))?.code, codeOf('first'))
  await other.bringToFront()
  await replaceCode(other, codeOf('second'))
  await other.getByRole('link', { name: 'Versions', exact: true }).click()
  await leaving(other).getByText('They would be lost').waitFor()
  await leaving(other).getByRole('button', { name: 'Cancel' }).click()
  await save(other).click()
  await other.getByText('Saved as version 2').waitFor()

  t.equal((await keptOf(page, id))?.code, codeOf('first'))
  await page.bringToFront()
  await page.getByRole('link', { name: 'Versions', exact: true }).click()
  await leaving(page).getByText('They stay in this browser').waitFor()
  await leaving(page).getByRole('button', { name: 'Leave', exact: true }).click()
  await page.getByRole('link', { name: 'Code', exact: true }).click()
  await page.getByText('These are your unsaved changes from before.').waitFor()
  await page.locator('.view-line').filter({ hasText: '"first"' }).waitFor()
})

t.test('a draft that another tab has dropped is kept anew', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Dropped', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, codeOf('first'))
  const other = await page.context().newPage()
  await other.goto(`${server.base}/functions/${id}/code`)
  await other.getByText('These are your unsaved changes from before.').waitFor()
  await other.getByRole('button', { name: 'Discard changes' }).click()
  await other.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await eventually(t, async () => (await keptOf(page, id))?.code, codeOf('first'))
})

t.test('changes that cannot be kept are said to be lost', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Full', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await page.evaluate(() => {
    for (let length = 2 ** 22; length >= 1; length /= 2) {
      try {
        for (let i = 0; ; i++) localStorage.setItem(`${length}.${i}`, 'x'.repeat(length))
      } catch {
        // There is no room for one more of this length.
      }
    }
  })
  await replaceCode(page, codeOf('x'.repeat(1000)))
  await page.getByRole('link', { name: 'Versions', exact: true }).click()
  await leaving(page).getByText('the storage of this browser is full').waitFor()
  await leaving(page).getByRole('button', { name: 'Save and leave' }).click()
  await page.waitForURL('**/versions')
})

t.test('what is typed during a save is no change of somebody else', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Typing on', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, codeOf('first'))
  await page.route(`**/api/functions/${id}`, async route => {
    if (route.request().method() === 'PUT') await page.keyboard.insertText('-- more')
    await route.continue()
  })
  await page.keyboard.press('Control+s')
  await said(t, page, 'Saved as version 2')
  await page.unrouteAll({ behavior: 'wait' })
  await reload(page)
  await page.getByText('These are your unsaved changes from before.').waitFor()
  await save(page).click()
  await said(t, page, 'Saved as version 3')
})

t.test('the request of a draft is there again after a reload', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Request', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  const path = page.getByLabel('Path', { exact: true })
  await path.fill('/typed?for=long')
  await page.reload()
  await path.waitFor()
  t.equal(await path.inputValue(), '/typed?for=long')
})
