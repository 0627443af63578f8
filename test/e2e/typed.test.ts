/** Whatever is typed anywhere is there still after a slip: Escape, Back, a reload, a link. */
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, refuseReload, visit, type Visit } from './browser.js'

const question = (page: Page) =>
  page
    .getByRole('dialog')
    .filter({ hasText: /Close without saving\?|Leave with unsaved changes\?/ })

/** Each is tried, answered with Cancel, and leaves what is typed. */
async function survives(
  t: Test,
  page: Page,
  field: Locator,
  ways: Record<string, () => Promise<unknown>>
): Promise<void> {
  const typed = await field.inputValue()
  for (const [name, slip] of Object.entries(ways)) {
    await slip()
    await question(page).getByRole('button', { name: 'Cancel' }).click()
    await question(page).waitFor({ state: 'hidden' })
    t.equal(await field.inputValue(), typed, name)
  }
  await refuseReload(page)
  t.equal(await field.inputValue(), typed, 'a reload')
}

const back = (page: Page) => ({ Back: () => page.goBack() })
/** Three times: a browser lets nobody keep a dialog twice in a row without anything being done in it. */
const escapes = (page: Page) => ({
  Escape: () => page.keyboard.press('Escape'),
  'Escape again': async () => {
    await page.keyboard.press('Escape')
    await question(page).waitFor()
    await page.keyboard.press('Escape')
    await question(page).waitFor({ state: 'hidden' })
    await page.keyboard.press('Escape')
  }
})

async function pasteEnv(t: Test, { page, server }: Visit, id: string): Promise<void> {
  await page.goto(`${server.base}/functions/${id}/test`)
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.locator('#setting-name').fill('Another name')
  const open = page.getByRole('button', { name: 'Paste a .env' })
  const text = page.locator('#paste-text')
  await open.click()
  await page.keyboard.press('Escape')
  await text.waitFor({ state: 'hidden' })
  await open.click()
  await text.fill('TOKEN=long-typed')
  await survives(t, page, text, { ...escapes(page), ...back(page) })

  await page.goBack()
  await question(page).getByRole('button', { name: 'Close without saving' }).click()
  const outer = question(page).filter({ hasText: 'General' })
  await outer.getByRole('button', { name: 'Cancel' }).click()
  await text.waitFor({ state: 'hidden' })
  t.equal(await page.locator('#setting-name').inputValue(), 'Another name', 'the form around it')
  await page.goBack()
  await outer.getByRole('button', { name: 'Leave without saving' }).click()
  await page.waitForURL('**/test')
}

async function newModule(t: Test, { page, server }: Visit): Promise<void> {
  await page.goto(server.base)
  await page.getByRole('link', { name: 'Modules' }).click()
  await page.getByRole('button', { name: 'New module' }).click()
  const name = page.locator('#new-module-name')
  await name.fill('shop')
  await survives(t, page, name, { ...escapes(page), ...back(page) })
  await page.getByRole('button', { name: 'Create module' }).click()
  await page.waitForURL('**/modules/*/code')
}

async function newFunction(t: Test, { page, server }: Visit): Promise<void> {
  await page.goto(server.base)
  await page.getByRole('link', { name: 'New function' }).first().click()
  const description = page.locator('#new-description')
  await description.fill('What it is for, in many words')
  const link = () => page.getByRole('link', { name: 'Alerts' }).click()
  await survives(t, page, description, { ...back(page), 'a link': link })
  await page.getByRole('button', { name: 'Create function' }).click()
  await page.waitForURL('**/functions/*/code')
}

async function newToken(t: Test, { page, server }: Visit): Promise<void> {
  await page.goto(`${server.base}/account`)
  await page.getByRole('link', { name: 'Tokens' }).click()
  const name = page.locator('#token-name')
  await name.fill('deploys')
  await page.getByRole('checkbox').first().check()
  const signOut = () => page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await survives(t, page, name, { ...back(page), 'Sign out': signOut })
  await page.getByRole('button', { name: 'Create a token' }).click()
  await page.locator('main .copyable').waitFor()
  await page.getByRole('link', { name: 'Audit' }).click()
  await page.waitForURL('**/account/audit')
}

async function newKey(t: Test, { page, server, api }: Visit, id: string): Promise<void> {
  await api(`/api/functions/${id}`, { method: 'PUT', body: { access: { mode: 'key' } } })
  await page.goto(`${server.base}/functions/${id}/test`)
  await page.getByRole('link', { name: 'Access', exact: true }).click()
  const name = page.getByLabel('Name, such as')
  await name.fill('shop')
  await survives(t, page, name, back(page))
}

t.test('what is typed anywhere is not left without asking', needsBrowser, async t => {
  const all = await visit(t)
  const id = await all.createFunction('Typed', hello)
  for (const form of [pasteEnv, newModule, newFunction, newToken]) {
    await t.test(form.name, t => form(t, all, id))
  }
  await t.test('newKey', async t => {
    await newKey(t, all, id)
    all.page.once('dialog', asked => asked.accept())
  })

  await t.test('the request of the Test page is kept as it is typed', async t => {
    const { page, server } = all
    await page.goto(`${server.base}/functions/${id}/test`)
    const path = page.getByLabel('Path', { exact: true })
    await path.fill('/typed/for/long')
    await page.reload()
    await eventually(t, () => path.inputValue(), '/typed/for/long')
  })
  t.same(all.faults, [])
})
