import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, refuseReload, said, visit } from './browser.js'

t.test(
  'entries are added, viewed as text, JSON and hex, edited and deleted',
  needsBrowser,
  async t => {
    const { page, server, faults, api, createFunction } = await visit(t)
    const id = await createFunction('Keeper', hello)
    await page.goto(`${server.base}/functions/${id}/data`)
    await page.getByText('Nothing is stored yet').waitFor()

    await page.getByRole('button', { name: 'Add an entry' }).click()
    await page.getByLabel('Key', { exact: true }).fill('user:1/é')
    const value = page.getByLabel('Value', { exact: true })
    await value.fill('{"name":"Ada"}')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'user:1/é', exact: true }).click()
    // The dialog keeps what was typed last until the value is there.
    await eventually(t, () => value.inputValue(), '{\n  "name": "Ada"\n}')
    await page.getByRole('button', { name: 'Hex' }).click()
    await eventually(t, () => value.inputValue(), /^7b 22 6e/)
    await value.fill('zz')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('This is not hex').waitFor()
    await value.fill('00 ff')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('cell', { name: 'Binary' }).waitFor()
    const { entries } = await api<{ entries: Array<{ key: string; size: number }> }>(
      `/api/functions/${id}/kv`
    )
    t.match(entries, [{ key: 'user:1/é', size: 2 }])

    await page.getByRole('button', { name: 'Delete user:1/é' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Nothing is stored yet').waitFor()
    t.same(faults, [])
  }
)

t.test('an entry that was typed is not dropped without asking', needsBrowser, async t => {
  const { page, server, faults, api, createFunction } = await visit(t)
  const id = await createFunction('Typed', hello)
  await page.goto(`${server.base}/functions/${id}/versions`)
  await page.getByRole('link', { name: 'Data', exact: true }).click()
  const add = page.getByRole('button', { name: 'Add an entry' })
  const value = page.getByLabel('Value', { exact: true })
  const question = page.getByRole('dialog').filter({ hasText: 'Close without saving?' })
  await add.click()
  await page.keyboard.press('Escape')
  await value.waitFor({ state: 'hidden' })

  await add.click()
  await page.getByLabel('Key', { exact: true }).fill('k')
  await value.fill('typed for long')
  const ways: Record<string, () => Promise<unknown>> = {
    Escape: () => page.keyboard.press('Escape'),
    Back: () => page.goBack()
  }
  for (const [name, leave] of Object.entries(ways)) {
    await leave()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'hidden' })
    t.equal(await value.inputValue(), 'typed for long', name)
  }
  await refuseReload(page)
  t.equal(await value.inputValue(), 'typed for long', 'a reload')
  await page.getByRole('button', { name: 'Save' }).click()
  await said(t, page, '“k” has been saved')

  await page.getByRole('button', { name: 'k', exact: true }).click()
  await value.fill('nothing to keep')
  await page.goBack()
  await question.getByRole('button', { name: 'Close without saving' }).click()
  await page.waitForURL('**/versions')
  await page.reload()
  const { entries } = await api<{ entries: object[] }>(`/api/functions/${id}/kv`)
  t.match(entries, [{ key: 'k', preview: 'typed for long' }])
  t.same(faults, [])
})

t.test('keys are found by how they begin, in the shared store too', needsBrowser, async t => {
  const { page, server, faults } = await visit(t)
  for (const key of ['a:1', 'a:2', 'b:1']) {
    await fetch(`${server.base}/api/kv/${encodeURIComponent(key)}`, {
      method: 'PUT',
      body: 'x',
      headers: { authorization: `Bearer ${server.key}` }
    })
  }
  await page.goto(`${server.base}/data`)
  await page.getByRole('button', { name: 'b:1', exact: true }).waitFor()
  await page.getByRole('searchbox').fill('a:')
  await page.getByRole('button', { name: 'b:1', exact: true }).waitFor({ state: 'detached' })
  await eventually(t, () => page.locator('tbody tr').count(), 2)
  t.same(faults, [])
})

t.test(
  'a schedule that is none is refused in words, and one that is shows its next five runs',
  needsBrowser,
  async t => {
    const { page, server, faults, api, createFunction } = await visit(t)
    const id = await createFunction('Clockwork', hello)
    await page.goto(`${server.base}/functions/${id}/settings`)
    const form = page.locator('form').filter({ hasText: 'Cron expression' })
    await form.getByLabel('Cron expression').fill('every day')
    await form
      .getByRole('alert')
      .filter({ hasText: /5 fields/ })
      .waitFor()
    await eventually(t, () => form.getByRole('button', { name: 'Save' }).isDisabled(), true)
    await form.getByLabel('Cron expression').fill('0 12 * * *')
    await eventually(t, () => form.locator('li').count(), 5)
    // Noon in the server's zone (UTC) is nine in the morning in the reader's.
    await eventually(t, () => form.locator('li').first().innerText(), /9:00.AM GMT-3/)
    await form.getByRole('switch').first().check({ force: true })
    await form.getByRole('button', { name: 'Save' }).click()
    await said(t, page, 'Changes saved')
    t.match(await api(`/api/functions/${id}`), {
      cron_schedule: '0 12 * * *',
      cron_status: 'active'
    })
    t.same(faults, [])
  }
)

t.test('retention, kept answers, name and disabling are saved', needsBrowser, async t => {
  const { page, server, faults, api, createFunction } = await visit(t)
  const id = await createFunction('Before', hello)
  await page.goto(`${server.base}/functions/${id}/settings`)
  const general = page.locator('form').filter({ hasText: 'General' })
  await general.getByLabel('Name').fill('After')
  await general.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'After', level: 1 }).waitFor()
  const records = page.locator('form').filter({ hasText: 'Keep executions for' })
  await records.getByLabel('Keep executions for').selectOption('30')
  await records.getByRole('switch').check({ force: true })
  await records.getByRole('button', { name: 'Save' }).click()
  await said(t, page, 'Changes saved', 2)
  await page.getByRole('button', { name: 'Disable function' }).click()
  await said(t, page, 'The function is disabled')
  t.match(await api(`/api/functions/${id}`), {
    name: 'After',
    retention_days: 30,
    save_response: true,
    disabled: true
  })
  t.equal((await fetch(`${server.base}/fn/${id}`)).status, 403)
  t.same(faults, [])
})
