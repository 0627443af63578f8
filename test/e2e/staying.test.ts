import t from 'tap'
import type { Page } from 'playwright-core'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, replaceCode, said, visit, type Visit } from './browser.js'

const focused = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      document.activeElement?.getAttribute('aria-label') ??
      document.activeElement?.textContent?.trim() ??
      ''
  )

const put = (server: Visit['server'], path: string, body: string) =>
  fetch(server.base + path, {
    method: 'PUT',
    body,
    headers: { authorization: `Bearer ${server.key}` }
  })
const call = async (server: Visit['server'], id: string) =>
  (await fetch(`${server.base}/fn/${id}`)).headers.get('x-execution-id') ?? ''

t.test(
  'back from an execution the list is as long and as far down as it was',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Busy', hello)
    for (let i = 0; i < 120; i++) await call(server, id)
    await page.goto(`${server.base}/functions/${id}/executions`)
    const rows = page.locator('tbody tr')
    await eventually(t, () => rows.count(), 50)
    for (const count of [100, 120]) {
      await page.getByRole('button', { name: 'Show more' }).click()
      await eventually(t, () => rows.count(), count)
    }
    for (const goBack of [
      () => page.goBack(),
      () => page.getByRole('link', { name: 'Back to all executions' }).click()
    ]) {
      await rows.nth(110).scrollIntoViewIfNeeded()
      const before = await page.evaluate(() => scrollY)
      t.ok(before > 1000)
      await rows.nth(110).getByRole('link').click()
      await page.getByRole('heading', { name: 'Execution' }).waitFor()
      await eventually(t, () => page.evaluate(() => scrollY), 0)
      await goBack()
      await eventually(t, () => rows.count(), 120)
      await eventually(t, () => page.evaluate(() => scrollY), before)
    }
    t.same(faults, [])
  }
)

t.test('the focus stays near what was removed, ended or run again', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t)
  const id = await createFunction('Keeper', hello)
  for (const key of ['a', 'b', 'c']) await put(server, `/api/functions/${id}/kv/${key}`, 'x')
  await page.goto(`${server.base}/functions/${id}/data`)
  for (const [key, next] of [
    ['b', 'c'],
    ['c', 'a']
  ] as const) {
    await page.getByRole('button', { name: `Delete ${key}`, exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page
      .getByRole('button', { name: `Delete ${key}`, exact: true })
      .waitFor({ state: 'detached' })
    await eventually(t, () => focused(page), next)
  }

  await page.goto(`${server.base}/functions/${id}/executions/${await call(server, id)}`)
  await page.getByRole('button', { name: 'Run again' }).click()
  await said(t, page, 'It ran again')
  await eventually(t, () => focused(page), 'Execution')
  t.same(faults, [])
})

t.test(
  'the focus stays near what was deleted, activated, discarded and closed',
  needsBrowser,
  async t => {
    const { page, server, faults, api, createFunction } = await visit(t)
    const id = await createFunction('Keeper', hello)
    const body = { code: `${hello}-- second` }
    await api(`/api/functions/${id}`, { method: 'PUT', body })
    const env = { env_vars: { A: '1', B: '2' } }
    await api(`/api/functions/${id}/env`, { method: 'PUT', body: env })
    const isIn = (selector: string) =>
      page.evaluate(name => document.activeElement?.closest(name) !== null, selector)
    const dialog = page.getByRole('dialog')

    await page.goto(`${server.base}/functions/${id}/versions`)
    await page
      .locator('tbody tr')
      .nth(1)
      .getByRole('button', { name: /^Activate/ })
      .click()
    await said(t, page, 'is active')
    await eventually(t, () => isIn('tbody tr:nth-of-type(2)'), true, 'activating')

    await page.goto(`${server.base}/functions/${id}/settings`)
    const remove = page.getByRole('group', { name: 'A', exact: true })
    await remove.getByRole('button', { name: 'Remove' }).click()
    await eventually(t, () => isIn('[role=group][aria-label=B]'), true, 'removing a variable')
    const history = page.getByRole('button', { name: 'History' })
    await history.click()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await eventually(t, () => focused(page), await history.innerText(), 'closing a dialog')

    await page.goto(`${server.base}/functions/${id}/code`)
    await replaceCode(page, 'draft')
    await page.getByRole('button', { name: 'Discard' }).first().click()
    await dialog.getByRole('button', { name: 'Discard' }).click()
    await eventually(t, () => isIn('.monaco-editor'), true, 'discarding a draft')

    await page.goto(`${server.base}/functions/${id}/data`)
    const add = page.getByRole('button', { name: 'Add an entry' })
    await add.click()
    await page.keyboard.press('Escape')
    await eventually(t, () => focused(page), 'Add an entry', 'closing an entry')

    await page.goto(`${server.base}/functions/${id}/settings`)
    await page.getByRole('button', { name: 'Delete function' }).click()
    await dialog.getByRole('textbox').fill('Keeper')
    await dialog.getByRole('button', { name: 'Delete function' }).click()
    await said(t, page, 'deleted')
    await eventually(t, () => page.evaluate(() => document.activeElement?.id), 'main')
    t.same(faults, [])
  }
)

t.test('a draft that writes says so, and asks once', needsBrowser, async t => {
  const { page, server, faults, api, createFunction } = await visit(t)
  const id = await createFunction('Writer', hello)
  const entries = async () =>
    (await api<{ entries: unknown[] }>(`/api/functions/${id}/kv`)).entries.length
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, 'function handler() kv.set("k", "v") return { body = "written" } end')
  await page.getByText('Its writes are real').waitFor()
  const run = page.getByRole('button', { name: 'Run draft' })
  const question = page.getByRole('dialog').filter({ hasText: 'kv.set' })
  await run.click()
  await question.getByRole('button', { name: 'Cancel' }).click()
  t.equal(await entries(), 0, 'nothing has run')
  await run.click()
  await question.getByRole('button', { name: 'Run draft' }).click()
  await page.getByLabel('Response').getByText('written').waitFor()
  await eventually(t, entries, 1)
  await api(`/api/functions/${id}/kv/k`, { method: 'DELETE' })
  await run.click()
  await eventually(t, entries, 1, 'it is not asked again')
  t.same(faults, [])
})
