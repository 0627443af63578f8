/** The page of the servers on one PostgreSQL database, and what there is of it on SQLite. */
import t from 'tap'
import type { Page } from 'playwright-core'
import { eventually } from '../helpers/eventually.js'
import { onPostgres, type Postgres } from '../helpers/postgres.js'
import { SECRET_KEY, startServer } from '../helpers/server.js'
import { painted, violations } from './axe.js'
import { fits, hello, needsBrowser, visit } from './browser.js'

const menuEntry = (page: Page) => page.getByRole('link', { name: 'Servers', exact: true })

// Before the others: PostgreSQL takes a while to start, and a file whose tests have ended takes no more.
if (!('skip' in needsBrowser)) await onPostgres(t, testPage)

t.test(
  'on SQLite nothing leads to the page, and it says how to have several',
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t)
    const asked: string[] = []
    page.on('request', request => asked.push(new URL(request.url()).pathname))
    const told = page.waitForResponse('**/api/status')
    await page.goto(server.base)
    await (await told).finished()
    await page.getByRole('link', { name: 'Account' }).waitFor()
    t.equal(await menuEntry(page).count(), 0)
    t.notOk(asked.includes('/api/nodes'))

    await page.goto(`${server.base}/nodes`)
    await page.getByText('One server works on this data').waitFor()
    t.equal(await page.locator('table').count(), 0)
    await page.getByRole('link', { name: 'Outgrow one machine' }).click()
    await page.waitForURL('**/guide/several-machines')
    t.same(faults, [])
  }
)

function testPage(postgres: Postgres): void {
  t.test('the servers on one database, the one that leads, and one that is gone', async t => {
    const DATABASE_URL = await postgres.create()
    const settings = { DATABASE_URL, SECRET_KEY }
    const { page, server, faults, createFunction } = await visit(t, { settings, bypassCSP: true })
    const other = await startServer(t, settings)
    const [first, second] = [server.base, other.base].map(base => new URL(base).port)
    const id = await createFunction('Where', hello)
    const execution = (await fetch(`${other.base}/fn/${id}`)).headers.get('x-execution-id')

    await page.goto(server.base)
    await menuEntry(page).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/nodes')
    const row = (port = '') => page.locator('tbody tr', { hasText: `:${port}` })
    await row(first).waitFor()
    await row(second).waitFor()
    const texts = (port = '') => row(port).locator('visible=true').allInnerTexts()
    const badges = (port = '') => row(port).locator('.badge:visible').allInnerTexts()
    // Each figure comes with the next time that it says how it is.
    const figures =
      /calls\/s[^]*load [\d.]+ on \d+ core[^]*MB[^]*busy[^]*at most \d+[^]*late[^]*last seen/
    for (const port of [first, second]) {
      await eventually(t, async () => String(await texts(port)), figures)
    }
    t.same(await badges(first), ['answers this page', 'leads'])
    t.same(await badges(second), [])
    t.same(await page.title(), 'Servers · Moonlet')

    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await painted(page)
      await eventually(t, () => violations(page), [], colorScheme)
    }
    await page.setViewportSize({ width: 375, height: 812 })
    await eventually(t, () => fits(page), true, 'on a phone')
    await eventually(t, () => violations(page), [], 'on a phone')
    await page.setViewportSize({ width: 1280, height: 800 })

    await page.goto(`${server.base}/functions/${id}/executions/${execution ?? ''}`)
    await page.locator('dd a[href="/nodes"]').click()
    await row(second).waitFor()

    // It is killed, and its lease runs out.
    await other.stop('SIGKILL')
    await postgres.query('update nodes set lease_until = now_ms() - 1 where id = 2', DATABASE_URL)
    await eventually(
      t,
      () => badges(),
      ['answers this page', 'leads', 'is gone'],
      'without a click'
    )
    t.same(faults, [])
  })

  t.test('while the database is away the page says so, and is there again with it', async t => {
    const settings = { DATABASE_URL: await postgres.create(), SECRET_KEY, DATABASE_WAIT: '1' }
    const { page, server, faults } = await visit(t, { settings })
    await page.goto(`${server.base}/nodes`)
    await page.locator('tbody tr').first().waitFor()
    await postgres.stop('immediate')
    await page.getByText('The database is away').first().waitFor()
    await postgres.start()
    await page.locator('tbody tr').first().waitFor()
    // The browser itself tells of an answer that is an error.
    t.same(
      faults.filter(fault => !/status of 503/.test(fault)),
      []
    )
  })
}
