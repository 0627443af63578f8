/** Who may call a function, set in the dashboard and tried with the commands that it shows. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { runShown } from '../helpers/run-shown.js'
import { hello, needsBrowser, said, visit, visitAlso, type Visit } from './browser.js'

/** Refusals are what some of these tests are about; the browser says each. */
const unexpected = (faults: readonly string[]): string[] =>
  faults.filter(fault => !/status of (400|409|412) /.test(fault))

const callers = (page: Page) => page.locator('form').filter({ hasText: 'Who may call it' })
const command = (page: Page) =>
  callers(page).getByRole('group', { name: 'Call it from a shell' }).innerText()
const save = (page: Page) => callers(page).getByRole('button', { name: 'Save' }).click()

async function openAccess({ page, server }: Visit, id: string): Promise<void> {
  await page.goto(`${server.base}/functions/${id}/access`)
  await callers(page).waitFor()
}

const accessOf = async ({ api }: Visit, id: string) =>
  (await api<{ access?: unknown }>(`/api/functions/${id}`)).access

t.test('a key is made, shown once, used with the command, and ended', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults, api } = all
  const id = await all.createFunction('Keyed', hello)
  await openAccess(all, id)
  t.match(await command(page), `curl '${server.base}/fn/${id}'`)
  t.match(await runShown(await command(page)), { status: 200, body: '{"hello":"world"}' })

  await callers(page).getByRole('radio', { name: 'With a key' }).check()
  await save(page)
  await said(t, page, 'Changes saved')
  t.same(await accessOf(all, id), { mode: 'key' })
  t.match(await runShown(`curl '${server.base}/fn/${id}'`), { status: 401 })

  const keys = page.locator('section').filter({ hasText: 'One for each caller' })
  await keys.getByLabel('Name, such as').fill('shop')
  await keys.getByLabel('Expires').selectOption('Expires in 30 days')
  await keys.getByRole('button', { name: 'Create key' }).click()
  await keys.getByText('It is not shown again').and(page.locator(':focus')).waitFor()
  const shown = await keys.getByRole('group', { name: 'The new key' }).innerText()
  t.match(shown, /^mfk_\S+$/)
  t.match(await command(page), shown, 'the command holds the key')
  t.match(await runShown(await command(page)), { status: 200, body: '{"hello":"world"}' })

  await keys.getByLabel('Name, such as').fill('other')
  await keys.getByRole('button', { name: 'Create key' }).click()
  await keys.getByText('other', { exact: true }).waitFor()
  await keys.getByRole('button', { name: 'Revoke the key “other”' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await said(t, page, 'The key “other” has been revoked')
  t.match(await command(page), 'mfk_…', 'no command holds a key that was revoked')

  await page.reload()
  await keys.getByText('shop', { exact: true }).waitFor()
  await keys.getByText('last used just now').waitFor()
  t.notMatch(await page.content(), shown, 'it is not shown again')
  await keys.getByRole('button', { name: 'Revoke the key “shop”' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await said(t, page, 'The key “shop” has been revoked')
  await keys.getByText('There are no keys yet.').waitFor()
  t.match(await api(`/api/functions/${id}/keys`), { pagination: { total: 0 } })
  const ended = (await command(page)).replace('mfk_…', shown)
  t.match(await runShown(ended), { status: 401 })
  t.same(unexpected(faults), [])
})

t.test('a signature is set up, and passes with the command', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults, api } = all
  const id = await all.createFunction('Hook', hello)
  await openAccess(all, id)
  await callers(page).getByRole('radio', { name: 'Signed' }).check()
  await save(page)
  await callers(page).getByText('secret must be the name').waitFor()
  await callers(page).getByLabel('Variable with the secret').and(page.locator(':focus')).waitFor()
  await callers(page).getByLabel('Variable with the secret').fill('HOOK')
  await callers(page).getByText('HOOK is not set yet').waitFor()
  await callers(page).getByLabel('Sender').selectOption('generic')
  await callers(page).getByLabel('Algorithm').selectOption('sha512')
  await callers(page).getByLabel('Prefix').fill('v1=')
  await save(page)
  await said(t, page, 'Changes saved')
  t.same(await accessOf(all, id), {
    mode: 'signature',
    preset: 'generic',
    secret: 'HOOK',
    header: 'X-Signature',
    algorithm: 'sha512',
    encoding: 'hex',
    prefix: 'v1='
  })
  const shown = await command(page)
  t.match(await runShown(shown, { HOOK: 'secret' }), { status: 401 }, 'not set')
  const env = { env_vars: { HOOK: 'secret' } }
  await api(`/api/functions/${id}/env`, { method: 'PUT', body: env })
  t.match(await runShown(shown, { HOOK: 'secret' }), { status: 200 })
  t.match(await runShown(shown, { HOOK: 'wrong' }), { status: 401 })
  t.same(unexpected(faults), [])
})

t.test(
  'an internal function is run by the dashboard, and not there for others',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server, faults } = all
    const id = await all.createFunction('Inner', hello)
    await openAccess(all, id)
    await callers(page).getByRole('radio', { name: 'Internal' }).check()
    await callers(page).getByText('Only functions of this server').waitFor()
    await save(page)
    await said(t, page, 'Changes saved')
    t.match(await runShown(`curl '${server.base}/fn/${id}'`), { status: 404 })
    await page.getByRole('link', { name: 'Test' }).click()
    await page.getByText('Here it runs as the dashboard').waitFor()
    await page.getByRole('button', { name: 'Add parameter' }).click()
    await page.getByLabel('Name', { exact: true }).fill('name')
    await page.getByLabel('Value', { exact: true }).fill('Ada')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('"hello": "Ada"').waitFor()
    await page.getByText('Hello from the log').waitFor()
    t.same(unexpected(faults), [])
  }
)

t.test('what somebody else set meanwhile is shown to choose from', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults, api } = all
  const id = await all.createFunction('Shared', hello)
  await openAccess(all, id)
  const other = await visitAlso(t, all)
  await other.goto(`${server.base}/functions/${id}/access`)
  await callers(other).getByRole('radio', { name: 'Internal' }).check()
  await save(other)
  await said(t, other, 'Changes saved')

  await callers(page).getByRole('radio', { name: 'With a key' }).check()
  await save(page)
  const dialog = page.locator('#clashes')
  await dialog.getByRole('radio', { name: /Internal/ }).waitFor()
  t.same(await accessOf(all, id), { mode: 'internal' }, 'nothing is overwritten unasked')
  await dialog.getByRole('radio', { name: /With a key/ }).check()
  await dialog.getByRole('button', { name: 'Save the choice' }).click()
  await said(t, page, 'Changes saved')
  t.same(await accessOf(all, id), { mode: 'key' })

  await callers(page).getByRole('radio', { name: 'Public' }).check()
  await page.getByRole('link', { name: 'Test' }).click()
  await page.getByRole('dialog').getByText('Not saved yet: Who may call it').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: /^Save/ }).click()
  await page.waitForURL('**/test')
  t.equal(await accessOf(all, id), undefined)
  await api(`/api/functions/${id}`)
  t.same(unexpected(faults), [])
})

const addresses = (page: Page) => page.locator('details').filter({ hasText: 'Address' })

t.test(
  'a slug and routes are set, and what others have is said at its field',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server, faults, api } = all
    const taken = await all.createFunction('First', hello)
    await api(`/api/functions/${taken}`, {
      method: 'PUT',
      body: { slug: 'taken', routes: [{ pattern: '/shop/:item' }] }
    })
    const id = await all.createFunction('Second', hello)
    await openAccess(all, id)
    const card = addresses(page)
    await card.getByText('Only by its id').click()
    const slug = card.getByLabel('Slug')
    await slug.fill('taken')
    await card.getByText(`${server.base}/fn/taken`).waitFor()
    const saveAddress = () => card.getByRole('button', { name: 'Save' }).click()
    await saveAddress()
    await card.getByText('is the slug of the function "First"').waitFor()
    await slug.and(page.locator(':focus')).waitFor()
    await slug.fill('second')

    await card.getByRole('button', { name: 'Add a route' }).click()
    await card.getByRole('group', { name: 'New route' }).getByLabel('Pattern').fill('/files/*')
    await card.getByRole('button', { name: 'Add a route' }).click()
    const second = card.getByRole('group', { name: 'New route' })
    await second.getByLabel('Methods').fill('get, post')
    await second.getByLabel('Pattern').fill('/shop/:id')
    await saveAddress()
    const wrong = card.getByRole('group', { name: '/shop/:id' })
    await wrong.getByText('is a route of the function "First"').waitFor()
    await wrong.getByLabel('Pattern').and(page.locator(':focus')).waitFor()
    await wrong.getByLabel('Host').fill('Shop.example.org')
    await saveAddress()
    await said(t, page, 'Changes saved')
    t.match(await api(`/api/functions/${id}`), {
      slug: 'second',
      routes: [
        { pattern: '/files/*' },
        { pattern: '/shop/:id', methods: ['GET', 'POST'], host: 'shop.example.org' }
      ]
    })
    await card.getByText('/fn/second · 2 routes').waitFor()
    await page.locator('.endpoint').getByText(`${server.base}/files/`).waitFor()
    t.match(await runShown(await command(page)), { status: 200, body: '{"hello":"world"}' })

    await page.getByRole('link', { name: 'Test', exact: true }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('"hello": "world"').waitFor()
    await page.goBack()
    await card.getByText('/fn/second · 2 routes').click()
    await slug.fill('')
    await card
      .getByRole('group', { name: '/files/*' })
      .getByRole('button', { name: 'Remove' })
      .click()
    await card.getByRole('group', { name: '/shop/:id' }).getByRole('button').click()
    await card.getByRole('button', { name: 'Add a route' }).and(page.locator(':focus')).waitFor()
    await saveAddress()
    await card.getByText('Only by its id').waitFor()
    const cleared = await api<object>(`/api/functions/${id}`)
    t.notOk('slug' in cleared || 'routes' in cleared, 'both are cleared')
    t.same(unexpected(faults), [])
  }
)

t.test('which of the stored routes are not served, and why, is shown', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults, api } = all
  const id = await all.createFunction('Old', hello)
  const routes = [{ pattern: '/old/:a-:b' }, { pattern: '/good' }]
  await api(`/api/functions/${id}`, { method: 'PUT', body: { routes } })
  // Only an earlier version stored such routes.
  await page.route(`**/api/functions/${id}`, async route => {
    const response = await route.fetch()
    const problems = [{ pattern: '/old/:a-:b', problem: 'pattern has a parameter without a name' }]
    const json = { ...((await response.json()) as object), route_problems: problems }
    await route.fulfill({ response, json })
  })
  await openAccess(all, id)
  const card = addresses(page)
  await card.getByText('2 routes · 1 not served').click()
  const row = card.getByRole('group', { name: '/old/:a-:b' })
  const told = card.getByText(/^Not served until you change it/)
  await row.getByText(/: pattern has a parameter without a name$/).waitFor()
  t.equal(await told.count(), 1, 'of that one alone')
  await row.getByLabel('Pattern').fill('/old/:a')
  await told.waitFor({ state: 'hidden' })
  t.same(unexpected(faults), [])
})

const details = (page: Page, title: string) => page.locator('details').filter({ hasText: title })

t.test(
  'other pages and limits are set, with their use and what they refused',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server, faults, api } = all
    const id = await all.createFunction('Bounded', hello)
    await openAccess(all, id)
    const functionNow = () => api<Record<string, unknown>>(`/api/functions/${id}`)

    const cors = details(page, 'Pages of other sites')
    await cors.getByText('Any page').first().click()
    await cors.getByRole('radio', { name: 'Pages of some origins' }).check()
    await cors.getByRole('textbox', { name: 'Origins' }).fill('https://a.example\n*')
    await cors.getByLabel('Allow cookies').check({ force: true })
    await cors.getByRole('button', { name: 'Save' }).click()
    await cors.getByText('credentials need origins by name').waitFor()
    await cors
      .getByRole('textbox', { name: 'Origins' })
      .fill('https://a.example\nhttps://b.example:8443')
    await cors.getByLabel('Allowed request headers').fill('Content-Type, X-Note')
    await cors.getByLabel('Seconds that browsers').fill('600')
    await cors.getByRole('button', { name: 'Save' }).click()
    await cors.getByText('https://a.example, https://b.example:8443').waitFor()
    t.same((await functionNow()).cors, {
      origins: ['https://a.example', 'https://b.example:8443'],
      headers: ['Content-Type', 'X-Note'],
      credentials: true,
      max_age: 600
    })
    await cors.getByRole('radio', { name: 'The function decides' }).check()
    await cors.getByRole('button', { name: 'Save' }).click()
    await eventually(t, async () => (await functionNow()).cors, 'function')

    const limits = details(page, 'Limits')
    await limits.getByText('Server defaults').click()
    await limits.getByText('0 calls refused').first().waitFor()
    await limits.getByText('0 B of 64 MB used').waitFor()
    await limits.getByLabel('Calls', { exact: true }).fill('1')
    await limits.getByLabel('Counted').selectOption('for all callers together')
    await limits.getByLabel('Timeout (seconds)').fill('100000')
    await limits.getByLabel('Size of a request body').fill('much')
    await limits.getByRole('button', { name: 'Save' }).click()
    await limits.getByText('Enter a size such as 64 MB.').waitFor()
    await limits.getByLabel('Size of a request body').fill('64 KB')
    await limits.getByRole('button', { name: 'Save' }).click()
    await limits.getByText('(setting EXECUTION_TIMEOUT)').waitFor()
    await limits.getByLabel('Timeout (seconds)').and(page.locator(':focus')).waitFor()
    await limits.getByLabel('Timeout (seconds)').fill('')
    await limits.getByRole('button', { name: 'Save' }).click()
    await limits.getByText('2 set here').waitFor()
    const { rate_limit: rate, body_limit: body, timeout_seconds: timeout } = await functionNow()
    t.same(
      { rate, body, timeout },
      {
        rate: { requests: 1, seconds: 60, by: 'function' },
        body: 65_536,
        timeout: undefined
      }
    )
    const statuses = [1, 2, 3].map(async () => (await fetch(`${server.base}/fn/${id}`)).status)
    t.same((await Promise.all(statuses)).sort(), [200, 429, 429])
    await page.reload()
    await page.locator('.function-head').getByText('2 calls refused').waitFor()
    await page.getByRole('heading', { name: 'Refused calls' }).waitFor()
    await page.getByText('Over the rate limit').waitFor()
    await limits.getByText('2 set here').click()
    await limits.getByText(/^1 of 1 calls used · starts anew in .+ · 2 calls refused$/).waitFor()
    await limits.getByLabel('Counted').selectOption('for each address')
    await limits.getByRole('button', { name: 'Save' }).click()
    await limits.getByText(/^0 of 1 calls used by the busiest of 0 callers/).waitFor()
    await limits.getByLabel('Calls', { exact: true }).fill('')
    await limits.getByLabel('Size of a request body').fill('')
    await limits.getByRole('button', { name: 'Save' }).click()
    await limits.getByText('Server defaults').waitFor()
    t.same(unexpected(faults), [])
  }
)
