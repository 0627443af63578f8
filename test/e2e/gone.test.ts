/** What is open has been deleted elsewhere: nothing typed is lost, and there is a way on. */
import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, replaceCode, said, visit } from './browser.js'

const typed = 'function handler() return { body = "typed for long" } end'

t.test('what is open and deleted elsewhere leaves what is typed', needsBrowser, async t => {
  const { page, server, faults, api, createFunction } = await visit(t)
  const remove = (path: string) => api(path, { method: 'DELETE' })
  const codeHere = async () => {
    const id = /functions\/([^/]+)\/code/.exec(page.url())?.[1] ?? ''
    const { active_version: active, env_vars: variables } = await api<{
      active_version: { code: string }
      env_vars: object
    }>(`/api/functions/${id}`)
    return { code: active.code, variables }
  }
  const banner = page.getByRole('alert').filter({ hasText: 'deleted elsewhere' })

  await t.test('a function whose code is edited', async t => {
    const id = await createFunction('Typed', hello)
    await api(`/api/functions/${id}/env`, { method: 'PUT', body: { env_vars: { A: '1' } } })
    await page.goto(`${server.base}/functions/${id}/code`)
    await replaceCode(page, typed)
    await remove(`/api/functions/${id}`)
    await page.keyboard.press('Control+s')
    const question = page.getByRole('dialog').filter({ hasText: 'deleted meanwhile' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    await banner.waitFor()
    await page.locator('.view-line').filter({ hasText: 'long' }).first().waitFor()
    await page.keyboard.press('Control+s')
    await question.getByRole('button', { name: 'Save as a new one' }).click()
    await said(t, page, '“Typed” has been created again')
    t.notMatch(page.url(), id)
    t.same(await codeHere(), { code: typed, variables: { A: '1' } })
  })

  await t.test('a function whose page is opened again with changes kept', async t => {
    const id = await createFunction('Kept', hello)
    await page.goto(`${server.base}/functions/${id}/code`)
    await replaceCode(page, typed)
    page.once('dialog', asked => asked.accept())
    await page.goto(`${server.base}/functions/${id}/settings`)
    await remove(`/api/functions/${id}`)
    await page.goto(`${server.base}/functions/${id}/code`)
    await page.getByText('There is no such function').waitFor()
    await page.getByRole('button', { name: 'Save as a new one' }).click()
    await said(t, page, '“Kept” has been created again')
    t.match(await codeHere(), { code: typed })
  })

  await t.test('a form, also when the page hears it by itself', async t => {
    const id = await createFunction('Form', hello)
    await page.goto(`${server.base}/functions/${id}/settings`)
    await page.locator('#setting-name').fill('Another')
    await remove(`/api/functions/${id}`)
    await page.evaluate(() => dispatchEvent(new CustomEvent('moonlet:reconnected')))
    await banner.waitFor()
    t.equal(await page.locator('#setting-name').inputValue(), 'Another')
    await page.locator('#setting-name').fill('Form')
    await banner.getByRole('button', { name: 'Save as a new one' }).click()
    await page.waitForURL('**/code')
    t.same(await codeHere(), { code: hello, variables: {} })
  })

  await t.test('a module', async t => {
    const code = 'return { one = 1 }'
    const made = await api<{ id: string }>('/api/modules', {
      method: 'POST',
      body: { name: 'shop', code }
    })
    await page.goto(`${server.base}/modules/${made.id}/code`)
    await replaceCode(page, 'return { two = 2 }')
    await remove(`/api/modules/${made.id}`)
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog').getByRole('button', { name: 'Save as a new one' }).click()
    await said(t, page, '“shop” has been created again')
    const { modules } = await api<{ modules: object[] }>('/api/modules')
    t.match(modules, [{ name: 'shop', active_version: { code: 'return { two = 2 }' } }])
  })

  await t.test('an alert in its dialog', async () => {
    const target = { kind: 'webhook', url: 'http://127.0.0.1:9/', format: 'json' }
    const body = { name: 'Down', on: 'failure', target }
    const { id } = await api<{ id: string }>('/api/alerts', { method: 'POST', body })
    await page.goto(`${server.base}/alerts`)
    await page.getByRole('button', { name: 'Edit “Down”' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('#alert-name').fill('Still down')
    await remove(`/api/alerts/${id}`)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Saving creates it again').waitFor()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Still down').waitFor()
  })

  await t.test('a job, and a key that is revoked', async t => {
    const id = await createFunction('Keys', hello)
    await api(`/api/functions/${id}`, { method: 'PUT', body: { access: { mode: 'key' } } })
    const key = await api<{ id: string }>(`/api/functions/${id}/keys`, {
      method: 'POST',
      body: { name: 'shop' }
    })
    await page.goto(`${server.base}/functions/${id}/access`)
    const revoke = page.getByRole('button', { name: 'Revoke the key “shop”' })
    await revoke.waitFor()
    await remove(`/api/functions/${id}/keys/${key.id}`)
    await revoke.click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await eventually(t, () => revoke.count(), 0)
    await page.goto(`${server.base}/jobs/gone`)
    await page.getByText('There is no such job').waitFor()
    await page.getByRole('main').getByText('All jobs').click()
    await page.waitForURL('**/jobs')
  })

  t.same(
    faults.filter(fault => !fault.includes('status of 404')),
    []
  )
})
