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
