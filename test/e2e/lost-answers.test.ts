/** The server has stored what was sent, and its answer never came: what is there then is nobody else's. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { eventually } from '../helpers/eventually.js'
import {
  hello,
  needsBrowser,
  refuseReload,
  replaceCode,
  said,
  visit,
  type Visit
} from './browser.js'

/** The next change at such an address reaches the server, and its answer reaches nobody. */
async function loseAnswer(page: Page, address: string): Promise<{ isLost: () => boolean }> {
  let lost = false
  await page.route(address, async route => {
    if (route.request().method() !== 'PUT') return await route.fallback()
    await page.unroute(address)
    await route.fetch()
    await route.abort('connectionreset')
    lost = true
  })
  return { isLost: () => lost }
}

/** Nothing tells the page what is stored before it saves again. */
const hearNothing = (page: Page) => page.route('**/healthz', route => route.abort())

const says = (word: string): string => `function handler() return { body = "${word}" } end`
const codeOf = async ({ api }: Visit, id: string): Promise<{ version: number; code: string }> =>
  (await api<{ active_version: { version: number; code: string } }>(`/api/functions/${id}`))
    .active_version

async function saveCode(t: Test, all: Visit, id: string): Promise<void> {
  const { page, server } = all
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, says('one'))
  let answer = await loseAnswer(page, `**/api/functions/${id}`)
  await page.keyboard.press('Control+s')
  await eventually(t, answer.isLost, true)
  await replaceCode(page, says('two'))
  await page.keyboard.press('Control+s')
  await said(t, page, 'Saved as version 3')
  t.equal((await codeOf(all, id)).code, says('two'), 'saved on top of what was stored')

  await replaceCode(page, says('three'))
  answer = await loseAnswer(page, `**/api/functions/${id}`)
  await page.keyboard.press('Control+s')
  await eventually(t, answer.isLost, true)
  await replaceCode(page, says('four'))
  await refuseReload(page)
  page.once('dialog', question => question.accept())
  await page.reload()
  await page.getByText('These are your unsaved changes').waitFor()
  await page.keyboard.press('Control+s')
  await said(t, page, 'Saved as version 5')
  t.equal((await codeOf(all, id)).code, says('four'), 'also after a reload')
}

async function saveForms(t: Test, { page, server, api }: Visit, id: string): Promise<void> {
  await page.goto(`${server.base}/functions/${id}/settings`)
  const form = page.locator('form.card').filter({ has: page.locator('#setting-name') })
  const save = form.getByRole('button', { name: 'Save' })
  await page.locator('#setting-name').fill('One')
  const answer = await loseAnswer(page, `**/api/functions/${id}`)
  await save.click()
  await eventually(t, answer.isLost, true)
  await page.locator('#setting-name').fill('Two')
  await save.click()
  await said(t, page, 'Changes saved')
  t.match(await api(`/api/functions/${id}`), { name: 'Two' })
}

async function saveVariables(t: Test, { page, server, api }: Visit, id: string): Promise<void> {
  await api(`/api/functions/${id}/env`, { method: 'PUT', body: { env_vars: { TOKEN: 'zero' } } })
  await page.goto(`${server.base}/functions/${id}/settings`)
  const form = page.locator('form.card').filter({ has: page.locator('#variables-title') })
  await form.getByRole('button', { name: 'Show value', exact: true }).click()
  await form.locator('[data-key] textarea').fill('one')
  const answer = await loseAnswer(page, `**/api/functions/${id}/env`)
  await form.getByRole('button', { name: 'Save' }).click()
  await eventually(t, answer.isLost, true)
  await form.locator('[data-key] textarea').fill('two')
  await form.getByRole('button', { name: 'Save' }).click()
  await said(t, page, 'Changes saved')
  t.match(await api(`/api/functions/${id}`), { env_vars: { TOKEN: 'two' } })
}

async function saveData(t: Test, { page, server, api }: Visit, id: string): Promise<void> {
  await page.goto(`${server.base}/functions/${id}/data`)
  const value = page.locator('#entry-value')
  const save = page.getByRole('dialog').getByRole('button', { name: 'Save' })
  const loseAndSave = async (later: string) => {
    const answer = await loseAnswer(page, `**/api/functions/${id}/kv-value?**`)
    await save.click()
    await eventually(t, answer.isLost, true)
    await value.fill(later)
    await save.click()
    await value.waitFor({ state: 'hidden' })
  }
  await page.getByRole('button', { name: 'Add an entry' }).click()
  await page.locator('#entry-key').fill('k')
  await value.fill('one')
  await loseAndSave('two')
  await page.getByRole('button', { name: 'k', exact: true }).click()
  await eventually(t, () => value.inputValue(), 'two')
  await value.fill('three')
  await loseAndSave('three')
  t.match(await api(`/api/functions/${id}/kv`), { entries: [{ key: 'k', preview: 'three' }] })
}

t.test('what was stored without an answer is no change of somebody else', needsBrowser, async t => {
  const all = await visit(t)
  await hearNothing(all.page)
  for (const save of [saveCode, saveForms, saveVariables, saveData]) {
    const id = await all.createFunction('Lost', hello)
    await t.test(save.name, t => save(t, all, id))
  }
  const expected = /ERR_CONNECTION_RESET|ERR_FAILED|status of 412/
  t.same(
    all.faults.filter(fault => !expected.test(fault)),
    []
  )
})
