import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { editorOf, hello, needsBrowser, said, visit } from './browser.js'

t.test(
  'a wrong key is said to be wrong, and a right one leads back to where one was',
  needsBrowser,
  async t => {
    const { page, server, createFunction } = await visit(t, { signedIn: false })
    const id = await createFunction('Where I was', hello)
    await page.goto(`${server.base}/functions/${id}/versions`)
    await page.getByLabel('API key').fill('no key')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('That is not the API key of this server.').waitFor()
    await page.getByLabel('API key').fill(server.key)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Where I was', level: 1 }).waitFor()
    await eventually(t, () => new URL(page.url()).pathname, `/functions/${id}/versions`)
  }
)

t.test('a return address of another site is not followed', needsBrowser, async t => {
  const { page, server } = await visit(t, { signedIn: false })
  for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example']) {
    await page.goto(`${server.base}/login?next=${encodeURIComponent(next)}`)
    await page.getByLabel('API key').fill(server.key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Functions', exact: true }).waitFor()
    await eventually(t, () => page.url(), `${server.base}/`, next)
  }
})

t.test(
  'a session that ends somewhere else leads to the login page with the reason',
  needsBrowser,
  async t => {
    const { page, server, api, createFunction } = await visit(t)
    await createFunction('Any', hello)
    await page.goto(server.base)
    await page.getByRole('link', { name: 'Any' }).waitFor()
    await api('/api/auth/sessions', { method: 'DELETE' })
    await page.getByRole('link', { name: 'Account' }).click()
    await page.getByText('Your session has ended.').waitFor()
    await eventually(t, () => page.url(), /next=%2Faccount/)
  }
)

t.test(
  'where something was typed, a session that ends is begun again in place, and nothing is lost',
  needsBrowser,
  async t => {
    const { page, server, api, createFunction } = await visit(t)
    const id = await createFunction('Keeper', hello)
    const asked = page.getByRole('dialog').filter({ hasText: 'Your session has ended.' })
    const endSessions = () => api('/api/auth/sessions', { method: 'DELETE' })

    await page.goto(`${server.base}/functions/${id}/data`)
    await page.getByRole('button', { name: 'Add an entry' }).click()
    await page.getByLabel('Key', { exact: true }).fill('k')
    await page.getByLabel('Value', { exact: true }).fill('typed for long')
    await endSessions()
    await page.getByRole('button', { name: 'Save' }).click()
    await asked.getByLabel('API key').fill('no key')
    await page.keyboard.press('Enter')
    await asked.getByText('That is not the API key of this server.').waitFor()
    await asked.getByLabel('API key').fill(server.key)
    await page.keyboard.press('Enter')
    await said(t, page, '“k” has been saved')
    const { entries } = await api<{ entries: object[] }>(`/api/functions/${id}/kv`)
    t.match(entries, [{ key: 'k', preview: 'typed for long' }], 'the save went on by itself')

    await page.goto(`${server.base}/functions/${id}/settings`)
    const description = page.getByLabel('Description')
    await description.fill('typed for longer')
    await endSessions()
    const save = page.locator('form', { has: description }).getByRole('button', { name: 'Save' })
    await save.click()
    await asked.waitFor()
    await page.keyboard.press('Escape')
    await asked.waitFor({ state: 'hidden' })
    await page.getByText('Authentication required').waitFor()
    t.equal(await description.inputValue(), 'typed for longer')
    await save.click()
    await asked.getByLabel('API key').fill(server.key)
    await asked.getByRole('button', { name: 'Sign in' }).click()
    await said(t, page, 'Changes saved')
    t.equal(
      (await api<{ description: string }>(`/api/functions/${id}`)).description,
      'typed for longer'
    )
  }
)

t.test('the first visit ever is not told that a session has ended', needsBrowser, async t => {
  const { page, server } = await visit(t, { signedIn: false })
  await page.goto(`${server.base}/account`)
  await page.waitForURL(`${server.base}/login?next=%2Faccount`)
  await page.getByLabel('API key').waitFor()
  t.equal(await page.getByText('Your session has ended.').filter({ visible: true }).count(), 0)

  await page.getByLabel('API key').fill(server.key)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  await page.context().clearCookies()
  await page.reload()
  await page.getByText('Your session has ended.').waitFor()
  // It was said once; who comes again later begins anew.
  await page.goto(server.base)
  await page.waitForURL(`${server.base}/login?next=%2F`)
})

t.test('signing out says so', needsBrowser, async t => {
  const { page, server } = await visit(t)
  await page.goto(server.base)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('You are signed out.').waitFor()
  await eventually(
    t,
    async () => (await page.context().cookies()).filter(cookie => cookie.value !== ''),
    []
  )
})

t.test(
  'a lost connection is shown, and what could not be loaded is loaded once it is back',
  needsBrowser,
  async t => {
    const { page, server, createFunction } = await visit(t)
    await createFunction('Back again', hello)
    await page.goto(`${server.base}/new`)
    await page.getByRole('radio').first().waitFor()
    await page.context().setOffline(true)
    await page.getByRole('link', { name: 'Functions' }).click()
    await page.getByText('The server cannot be reached. Trying again').waitFor()
    await page.getByText('Check that it runs').waitFor()
    await page.context().setOffline(false)
    await page.getByRole('link', { name: 'Back again' }).waitFor()
    await page
      .getByText('The server cannot be reached. Trying again')
      .waitFor({ state: 'detached' })
  }
)

t.test(
  'a server that is away is missed without asking it for anything, and so is its return',
  needsBrowser,
  async t => {
    const { page, server, createFunction } = await visit(t)
    await createFunction('Any', hello)
    await page.goto(server.base)
    await page.getByRole('link', { name: 'Any' }).waitFor()
    await page.context().setOffline(true)
    await page.getByText('The server cannot be reached. Trying again').waitFor()
    await page.context().setOffline(false)
    await said(t, page, 'The server is back')
    await page
      .getByText('The server cannot be reached. Trying again')
      .waitFor({ state: 'detached' })

    // One that takes requests and never answers.
    await page.route('**/healthz', () => {})
    await page.getByText('The server cannot be reached. Trying again').waitFor()
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await said(t, page, 'The server is back', 2)
  }
)

t.test(
  'an error of the server is shown in its words with the id of the request',
  needsBrowser,
  async t => {
    const { page, server } = await visit(t)
    await page.goto(`${server.base}/functions/nothing/executions`)
    await page.getByRole('heading', { name: 'There is no such function' }).waitFor()
    await page.route('**/api/functions?**', async route => {
      const headers = { 'x-request-id': 'req-77' }
      await route.fulfill({ status: 500, headers, json: { error: 'The disk is full' } })
    })
    await page.goto(server.base)
    await page.getByText('The disk is full').waitFor()
    await page.getByText('Request req-77').waitFor()
    await page.unroute('**/api/functions?**')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Your first function is a click away').waitFor()
  }
)

t.test(
  'unsaved changes are not left without asking, and survive a reload',
  needsBrowser,
  async t => {
    const { page, server, api, createFunction, faults } = await visit(t)
    const id = await createFunction('Unsaved', hello)
    await page.goto(`${server.base}/functions/${id}/code`)
    await (await editorOf(page)).focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.insertText('-- mine\n')
    await page.getByText('Unsaved changes', { exact: true }).waitFor()

    await page.getByRole('link', { name: 'Account' }).click()
    await page.getByRole('heading', { name: 'Leave with unsaved changes?' }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    t.match(page.url(), /\/code$/)

    page.once('dialog', dialog => {
      dialog.accept()
    })
    await page.reload()
    await page.getByText('These are your unsaved changes from before.').waitFor()
    await page.locator('.view-line').filter({ hasText: '-- mine' }).waitFor()

    await page.getByRole('link', { name: 'Versions', exact: true }).click()
    await page.getByRole('button', { name: 'Save and leave' }).click()
    await page.waitForURL('**/versions')
    t.match(
      (await api<{ active_version: { code: string } }>(`/api/functions/${id}`)).active_version.code,
      /^-- mine\n/
    )
    t.same(faults, [])
  }
)
