import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, visit } from './browser.js'

const failing =
  'function handler(ctx, event)\n  if event.relativePath == "/bad" then error("went wrong") end\n  return { statusCode = 200, body = "" }\nend\n'

t.test(
  'filters of executions are in the address, and Back, the arrow and a reload give them again',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Filters', failing)
    for (const path of ['good', 'bad', 'good']) await fetch(`${server.base}/fn/${id}/${path}`)
    await page.goto(`${server.base}/functions/${id}/executions`)
    const rows = page.locator('tbody tr')
    await rows.nth(2).waitFor()
    await page.getByLabel('Status').selectOption('error')
    await page.getByLabel('Time', { exact: true }).selectOption('hour')
    await page.getByRole('searchbox', { name: 'Search errors and logs' }).fill('went')
    const filtered = () => Object.fromEntries(new URL(page.url()).searchParams)
    await eventually(t, filtered, { status: 'error', range: 'hour', text: 'went' })

    const holds = async (how: string) => {
      await eventually(t, () => rows.count(), 1, how)
      t.equal(await page.getByLabel('Status').inputValue(), 'error', how)
      t.equal(await page.getByLabel('Time', { exact: true }).inputValue(), 'hour', how)
      t.equal(await page.getByRole('searchbox').inputValue(), 'went', how)
      t.same(filtered(), { status: 'error', range: 'hour', text: 'went' }, how)
    }
    await rows.first().getByRole('link').click()
    await page.getByRole('heading', { name: 'Execution', exact: true }).waitFor()
    await page.goBack()
    await holds('by Back')
    await rows.first().getByRole('link').click()
    await page.getByRole('link', { name: 'Back to all executions' }).click()
    await holds('by the arrow')
    await page.reload()
    await holds('by a reload')

    // The tab leads to all of them, and Back to those that were chosen.
    await page.getByRole('link', { name: 'Executions', exact: true }).click()
    await eventually(t, () => rows.count(), 3)
    await page.goBack()
    await holds('by Back within the list')
    t.same(faults, [])
  }
)

t.test(
  'what is searched for, compared and shown is in the address of every page',
  needsBrowser,
  async t => {
    const { page, server, faults, api, createFunction } = await visit(t)
    const id = await createFunction('Nightly report', hello)
    await createFunction('Order intake', hello)
    await api(`/api/functions/${id}`, { method: 'PUT', body: { code: `${hello}-- second\n` } })
    const again = async (search: string) => {
      await eventually(t, () => new URL(page.url()).search, search)
      await page.reload()
    }

    await page.goto(server.base)
    await page.getByRole('searchbox').fill('order')
    await again('?search=order')
    await page.getByRole('link', { name: 'Order intake' }).first().waitFor()
    await eventually(t, () => page.locator('tbody tr').count(), 1)

    await page.goto(`${server.base}/new`)
    await page.getByRole('radio', { name: /Counter/ }).click()
    await again('?template=counter')
    await eventually(
      t,
      () => page.getByRole('radio', { name: /Counter/ }).getAttribute('aria-checked'),
      'true'
    )

    await page.goto(`${server.base}/functions/${id}/data`)
    await page.getByRole('searchbox').fill('user:')
    await again('?prefix=user%3A')
    await eventually(t, () => page.getByRole('searchbox').inputValue(), 'user:')

    await page.goto(`${server.base}/functions/${id}/code`)
    await page.getByRole('tab', { name: 'Lua reference' }).click()
    await page.getByRole('searchbox', { name: 'Search the Lua API' }).fill('hmac')
    await again('?side=reference&search=hmac')
    await page.getByText('crypto.hmac_sha256').first().waitFor()

    await page.goto(`${server.base}/functions/${id}/versions`)
    await page.getByRole('button', { name: 'Compare version 1' }).click()
    await again('?older=1&newer=2')
    await page.locator('.monaco-diff-editor').getByText('-- second').waitFor()

    const execution = (await fetch(`${server.base}/fn/${id}`)).headers.get('x-execution-id') ?? ''
    await page.goto(`${server.base}/functions/${id}/executions/${execution}`)
    await page.getByRole('button', { name: 'warn', exact: true }).click()
    await again('?level=warn')
    await eventually(
      t,
      () => page.getByRole('button', { name: 'warn', exact: true }).getAttribute('aria-pressed'),
      'true'
    )
    t.same(faults, [])
  }
)

t.test(
  'the title names what is shown and of which function, in the language of the page',
  needsBrowser,
  async t => {
    const { page, server, createFunction } = await visit(t)
    const id = await createFunction('Order intake', hello)
    const execution = (await fetch(`${server.base}/fn/${id}`)).headers.get('x-execution-id') ?? ''
    const titles = [
      ['/', 'Functions · Moonlet'],
      ['/new', 'New function · Moonlet'],
      [`/functions/${id}/code`, 'Order intake · Code · Moonlet'],
      [`/functions/${id}/executions`, 'Order intake · Executions · Moonlet'],
      [`/functions/${id}/executions/${execution}`, 'Order intake · Execution · Moonlet'],
      [`/functions/${id}/settings`, 'Order intake · Settings · Moonlet'],
      ['/data', 'Shared data · Moonlet'],
      ['/account', 'Account · Moonlet'],
      ['/functions/x/y/z/w', 'There is nothing here · Moonlet'],
      ['/login', 'Sign in · Moonlet']
    ] as const
    for (const [path, title] of titles) {
      await page.goto(server.base + path)
      await eventually(t, () => page.title(), title)
    }
    await page.goto(server.base)
    await page.getByRole('link', { name: 'Order intake' }).first().click()
    await eventually(
      t,
      () => page.title(),
      'Order intake · Code · Moonlet',
      'it follows without a reload'
    )
    await page.getByRole('button', { name: 'Português' }).click()
    await eventually(t, () => page.title(), 'Order intake · Código · Moonlet')
  }
)

t.test(
  'the list of functions is sorted by its columns, and a reload, Back and a link give it again',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    for (let n = 0; n < 60; n++) await createFunction(`f ${String(n).padStart(2, '0')}`, hello)
    await createFunction('Alpha', hello)
    await page.goto(server.base)
    const names = page.locator('tbody .row-link')
    const head = page.getByRole('columnheader', { name: 'Name' })
    await page.getByRole('button', { name: 'Name', exact: true }).click()
    await eventually(t, () => head.getAttribute('aria-sort'), 'ascending')
    await eventually(t, () => names.nth(1).textContent(), 'f 00')
    await page.getByRole('button', { name: 'Name', exact: true }).click()
    await eventually(t, () => head.getAttribute('aria-sort'), 'descending')
    await eventually(t, () => names.first().textContent(), 'f 59')
    await page.getByRole('button', { name: 'Show more' }).click()
    await eventually(t, () => names.count(), 61)
    await eventually(t, () => new URL(page.url()).search, '?sort=-name&rows=61')
    await names.nth(58).scrollIntoViewIfNeeded()
    const scroll = () => page.evaluate(() => scrollY)
    const before = await scroll()
    t.ok(before > 500, `scrolled to ${before}`)
    const holds = async (how: string, position: number) => {
      await eventually(t, () => names.count(), 61, how)
      await eventually(t, () => names.last().textContent(), 'Alpha', how)
      await eventually(t, scroll, position, how)
    }
    await names.nth(58).click()
    await page.getByRole('link', { name: 'Code', exact: true }).waitFor()
    await page.goBack()
    await holds('by Back', before)
    await page.reload()
    await holds('by a reload', before)
    await page.goto(`${server.base}/account`)
    await page.goto(`${server.base}/?sort=-name&rows=61`)
    await holds('by a link', 0)
    await page.getByLabel('Order').selectOption('name')
    await eventually(t, () => names.first().textContent(), 'Alpha')
    t.same(faults, [])
  }
)
