/** Variables that all functions share: on a page of their own, and among those of a function. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { fits, needsBrowser, said, visit, visitAlso, type Visit } from './browser.js'

const READ = 'function handler() return { body = env.get("REGION") .. env.get("TOKEN") } end'
const pair = (page: Page, name: string) => page.getByRole('group', { name, exact: true })
const valueOf = (page: Page, name: string) => pair(page, name).getByLabel('Value', { exact: true })
const save = (page: Page) =>
  page
    .locator('form.card')
    .filter({ hasText: 'Environment variables' })
    .getByRole('button', { name: 'Save', exact: true })
    .click()
const share = ({ api }: Visit, variables: object) =>
  api('/api/env', { method: 'PUT', body: { env_vars: variables } })
const shared = async ({ api }: Visit) =>
  (await api<{ env_vars: Record<string, string> }>('/api/env')).env_vars

t.test(
  'they are set, changed and brought back on a page beside the tokens',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server, faults } = all
    await page.goto(`${server.base}/account`)
    await page.getByRole('link', { name: 'Shared variables' }).click()
    await page.getByText('There are none yet.').waitFor()
    t.match(await page.title(), /^Shared variables/)
    await page.getByRole('button', { name: 'Add a variable' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Name', { exact: true }).and(page.locator(':focus')).waitFor()
    await page.keyboard.type('REGION')
    await page.keyboard.press('Tab')
    await page.keyboard.type('eu')
    await page.keyboard.press('Control+Enter')
    await save(page)
    await said(t, page, 'Changes saved')
    t.same(await shared(all), { REGION: 'eu' })

    await page.reload()
    await pair(page, 'REGION').waitFor()
    t.notMatch(await page.locator('main').innerHTML(), />eu</, 'a hidden value is not in the page')
    await pair(page, 'REGION').getByRole('button', { name: 'Show value' }).click()
    await valueOf(page, 'REGION').fill('sa')
    await save(page)
    await eventually(t, () => shared(all), { REGION: 'sa' })
    await page.getByRole('button', { name: 'History' }).click()
    const dialog = page.getByRole('dialog', { name: 'What the variables were before' })
    await dialog.getByText('REGION changed').waitFor()
    await dialog
      .getByRole('button', { name: /^Restore/ })
      .first()
      .click()
    await said(t, page, 'The variables have been restored')
    await eventually(t, () => shared(all), { REGION: 'eu' })

    await page.getByRole('button', { name: 'Paste a .env' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('REGION=us\nTOKEN=t')
    await page.getByText('Replaces the current value').waitFor()
    await page.getByRole('button', { name: 'Add 2 variables' }).click()
    await page.getByRole('link', { name: 'Audit' }).click()
    const leaving = page.getByRole('dialog').filter({ hasText: 'Not saved yet: Shared variables.' })
    await leaving.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Shared variables changed').first().waitFor()
    t.same(await shared(all), { REGION: 'us', TOKEN: 't' })
    t.same(faults, [])
  }
)

t.test(
  'what two people change is asked about, and nothing typed is lost',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server } = all
    await share(all, { A: '1', B: '1' })
    const other = await visitAlso(t, all)
    for (const one of [page, other]) {
      await one.goto(`${server.base}/account/variables`)
      await one.getByRole('button', { name: 'Show values' }).click()
    }
    await valueOf(other, 'A').fill('theirs')
    await save(other)
    await said(t, other, 'Changes saved')
    await valueOf(page, 'A').fill('mine')
    await valueOf(page, 'B').fill('2')
    await save(page)
    const dialog = page.getByRole('dialog', { name: 'It has been changed meanwhile' })
    await dialog.getByText('A', { exact: true }).waitFor()
    t.equal(await dialog.getByText('theirs', { exact: true }).count(), 0, 'values are hidden')
    await page.keyboard.press('Escape')
    t.equal(await valueOf(page, 'A').inputValue(), 'mine')
    t.same(await shared(all), { A: 'theirs', B: '1' })
    await save(page)
    await dialog.getByRole('radio', { name: 'Yours' }).check()
    await dialog.getByRole('button', { name: 'Save the choice' }).click()
    await eventually(t, () => shared(all), { A: 'mine', B: '2' })
  }
)

t.test('a function shows those that it inherits, and overrides them', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults, api, createFunction } = all
  await share(all, { REGION: 'eu', TOKEN: 'of-all' })
  const id = await createFunction('Reader', READ)
  await page.goto(`${server.base}/functions/${id}/settings`)
  await page.getByText('Shared by all functions').waitFor()
  t.equal(await page.getByText('The code reads it.').count(), 0, 'what is shared is not missing')
  await page.getByRole('button', { name: 'Override TOKEN' }).focus()
  await page.keyboard.press('Enter')
  await pair(page, 'TOKEN').getByText('Takes precedence over the shared one.').waitFor()
  t.equal(
    await page.evaluate(() => document.activeElement?.tagName),
    'TEXTAREA',
    'the value is typed next'
  )
  await page.keyboard.type('its-own')
  t.equal(await page.getByRole('button', { name: 'Override TOKEN' }).count(), 0)
  await page.getByRole('button', { name: 'Override REGION' }).waitFor()
  await save(page)
  await said(t, page, 'Changes saved')
  const { env_vars: own } = await api<{ env_vars: object }>(`/api/functions/${id}`)
  t.same(own, { TOKEN: 'its-own' })
  t.equal(await (await fetch(`${server.base}/fn/${id}`)).text(), 'euits-own')
  await pair(page, 'TOKEN').getByRole('button', { name: 'Remove' }).click()
  await save(page)
  await page.getByRole('button', { name: 'Override TOKEN' }).waitFor()
  await page.getByRole('link', { name: 'Shared variables' }).click()
  await pair(page, 'TOKEN').waitFor()
  t.same(faults, [])
})

t.test('the secret of signatures may be a shared variable', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults, createFunction } = all
  await share(all, { HOOK: 'secret-of-all' })
  const id = await createFunction('Hook', READ)
  await page.goto(`${server.base}/functions/${id}/access`)
  await page.getByRole('radio', { name: /^Signed/ }).check()
  await page.locator('#access-secret').fill('MISSING')
  await page.locator('#callers-title').waitFor()
  const warning = page.locator('.note.is-warning').filter({ hasText: /MISSING|HOOK/ })
  await warning.waitFor()
  await page.locator('#access-secret').fill('HOOK')
  await warning.waitFor({ state: 'detached' })
  t.same(faults, [])
})

t.test('the page speaks Portuguese and fits a phone', needsBrowser, async t => {
  const all = await visit(t, { locale: 'pt-BR' })
  const { page, server, faults } = all
  await share(all, { [`LONG_${'X'.repeat(95)}`]: 'x', B: 'y' })
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(`${server.base}/account/variables`)
  await page.getByRole('heading', { name: 'Variáveis compartilhadas' }).waitFor()
  await page.locator('.pair').nth(1).waitFor()
  t.ok(await fits(page))
  const id = await all.createFunction('Leitor', READ)
  await page.goto(`${server.base}/functions/${id}/settings`)
  await page.getByText('Compartilhadas por todas as funções').waitFor()
  t.ok(await fits(page))
  t.same(faults, [])
})
