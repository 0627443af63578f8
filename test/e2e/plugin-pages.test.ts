import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, visit } from './browser.js'

t.test('a page of a plugin is in the navigation, also after signing in', needsBrowser, async t => {
  const { page, server, faults } = await visit(t, {
    signedIn: false,
    settings: { PLUGINS: './test/fixtures/plugins/greeter.mjs' }
  })
  await page.goto(server.base)
  await page.getByLabel('API key').fill(server.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const link = page
    .getByRole('navigation', { name: 'Plugins' })
    .getByRole('link', { name: 'Greetings' })
  await link.waitFor()
  await eventually(t, () => link.getAttribute('href'), '/plugins/greeter/greetings')
  // Before signing in, the first request is refused.
  t.same(
    faults.filter(fault => !fault.includes('401')),
    []
  )
})

t.test(
  "a plugin's own page is shown within the dashboard, as that looks and speaks",
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t, {
      settings: { PLUGINS: './test/fixtures/plugins/paged/index.mjs' }
    })
    await page.goto(server.base)
    const link = page
      .getByRole('navigation', { name: 'Plugins' })
      .getByRole('link', { name: 'Numbers' })
    await link.click()
    const frame = page.frameLocator('iframe')
    await frame.getByText('1 2 3').waitFor()
    t.equal(new URL(page.url()).pathname, '/pages/paged')
    t.equal(await link.getAttribute('aria-current'), 'page')
    t.equal(await page.title(), 'Numbers · Moonlet')
    const html = frame.locator('html')
    t.equal(await frame.locator('body').getAttribute('data-inline'), null, 'no inline script runs')
    t.match(faults.splice(0), [/inline script/], 'which the browser tells')

    const colour = () =>
      frame.locator('body').evaluate(body => getComputedStyle(body).backgroundColor)
    await page.getByRole('button', { name: 'Dark', exact: true }).click()
    await eventually(t, () => html.getAttribute('data-theme'), 'dark')
    t.equal(await colour(), 'rgb(11, 12, 16)')
    await page.getByRole('button', { name: 'Light', exact: true }).click()
    await eventually(t, colour, 'rgb(245, 246, 248)')
    await page.getByRole('button', { name: 'PT Português' }).click()
    await frame.getByRole('heading', { name: 'Números' }).waitFor()
    await page.getByRole('link', { name: 'Números' }).waitFor()

    await page.goto(`${server.base}/pages/unknown`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    t.equal(await page.locator('iframe').count(), 0)
  }
)

t.test('without plugins there is no such part', needsBrowser, async t => {
  const { page, server } = await visit(t)
  const answered = page.waitForEvent('requestfinished', request =>
    request.url().endsWith('/api/plugins')
  )
  await page.goto(server.base)
  await page.getByRole('link', { name: 'New function' }).first().waitFor()
  await answered
  t.equal(await page.getByRole('navigation', { name: 'Plugins' }).count(), 0)
})
