/** Tokens and the audit in the dashboard: made, shown once, used, ended; and who changed what. */
import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { fits, hello, needsBrowser, said, visit } from './browser.js'

t.test(
  'a token is made, shown once, works, and is ended by the keyboard',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Shop', hello)
    const other = await createFunction('Other', hello)
    await page.goto(`${server.base}/account`)
    await page.getByRole('link', { name: 'Tokens' }).click()
    await page.getByText('There are no tokens yet').waitFor()
    const make = page.getByRole('button', { name: 'Create a token' })

    await page.getByLabel('Name', { exact: true }).fill('CI')
    await make.click()
    await page.getByText('Choose at least one thing that it may do').waitFor()
    await page.getByRole('checkbox', { name: /functions:read/ }).check()
    await page.getByRole('checkbox', { name: 'Only for some functions' }).check()
    await make.click()
    await page.getByText('Choose at least one function.').waitFor()
    await page.getByLabel('Functions', { exact: true }).selectOption(['Shop'])
    await make.click()
    const shown = page.getByRole('group', { name: 'The new token' })
    await shown.waitFor()
    const token = (await shown.textContent()) ?? ''
    t.match(token, /^moonlet_[A-Za-z0-9_-]{43}$/)
    await page.getByRole('button', { name: 'Copy the token' }).click()
    await said(t, page, 'Copied')

    const status = async (path: string) =>
      (await fetch(server.base + path, { headers: { authorization: `Bearer ${token}` } })).status
    t.equal(await status(`/api/functions/${id}`), 200)
    t.equal(await status(`/api/functions/${other}`), 403)
    await page.reload()
    const row = page.locator('li.list-item').filter({ hasText: 'CI' })
    await row.getByText('Only for Shop').waitFor()
    await row.getByText(/last used .* from 127\.0\.0\.1/).waitFor()
    t.equal(await shown.count(), 0, 'it is not shown again')

    await row.getByRole('button', { name: 'Revoke the token “CI”' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).focus()
    await page.keyboard.press('Enter')
    await said(t, page, 'The token “CI” has been revoked')
    t.equal(await status(`/api/functions/${id}`), 401)
    t.same(faults, [])
  }
)

t.test('the audit tells who changed what, and is filtered', needsBrowser, async t => {
  const { page, server, faults, api, createFunction } = await visit(t)
  const id = await createFunction('Shop', hello)
  await createFunction('Other', hello)
  const { token } = await api<{ token: string }>('/api/tokens', {
    method: 'POST',
    body: { name: 'CI', scopes: ['functions:write'] }
  })
  await fetch(`${server.base}/api/functions/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ name: 'Store' })
  })
  await page.goto(`${server.base}/account/audit`)
  const rows = page.locator('ol > li.list-item')
  await rows.first().getByText('Function changed').waitFor()
  await rows.first().getByText('Token “CI” · 127.0.0.1').waitFor()
  t.match(await rows.first().textContent(), /name: Shop → Store/)
  await page.getByLabel('Function').selectOption('Store')
  await eventually(t, () => rows.count(), 2)
  await page.getByLabel('Who').selectOption('API key')
  await eventually(t, () => rows.count(), 1)
  t.match(page.url(), `actor=api_key&function_id=${id}`)
  await page.getByLabel('From').fill('2100-01-01')
  await page.getByText('No change matches').waitFor()
  await page.getByLabel('From').fill('')
  await eventually(t, () => rows.count(), 1)
  await rows.first().getByRole('link', { name: 'Shop' }).click()
  await page.waitForURL(`**/functions/${id}/code`)
  t.same(faults, [])
})

t.test('both pages speak Portuguese and fit a phone', needsBrowser, async t => {
  const { page, server, faults, api } = await visit(t, { locale: 'pt-BR' })
  await api('/api/tokens', { method: 'POST', body: { name: 'x'.repeat(100), scopes: ['admin'] } })
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(`${server.base}/account/tokens`)
  await page.locator('li.list-item').first().waitFor()
  t.ok(await fits(page))
  await page.goto(`${server.base}/account/audit`)
  await page.locator('li.list-item').first().waitFor()
  t.ok(await fits(page))
  t.same(faults, [])
})
