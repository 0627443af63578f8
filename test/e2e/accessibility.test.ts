import t from 'tap'
import { painted, violations } from './axe.js'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, visit } from './browser.js'
import { preparePlaces } from './places.js'

t.test('axe-core finds nothing on any page in either theme', needsBrowser, async t => {
  // axe is put into the page by the test; the policy would rightly refuse it.
  const all = await visit(t, { bypassCSP: true })
  const { page, server } = all
  const places = await preparePlaces(all)
  const holds = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await painted(page)
      await eventually(t, () => violations(page), [], `${name}, ${colorScheme}`)
    }
  }
  for (const place of places) {
    await page.goto(server.base + place.path)
    await place.ready(page)
    await holds(place.name)
  }

  await page.keyboard.press('Control+k')
  await page.getByRole('option').first().waitFor()
  await holds('palette')
  await page.keyboard.press('Escape')

  await page.goto(`${server.base}/data`)
  await page.getByRole('button', { name: 'Add an entry' }).click()
  await page.getByRole('dialog').waitFor()
  await holds('entry')

  await page.goto(`${server.base}/functions/nothing/code`)
  await page.getByRole('heading', { name: 'There is no such function' }).waitFor()
  await holds('missing function')

  await page.goto(`${server.base}/account`)
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByRole('dialog').waitFor()
  await holds('question')

  await page.goto(`${server.base}/login`)
  await page.getByLabel('API key').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('That is not the API key').waitFor()
  await holds('login')
})
