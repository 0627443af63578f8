import t from 'tap'
import type { Page, Route } from 'playwright-core'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, replaceCode, visit } from './browser.js'

/** Holds back the answers to what fits `address`; the server has given them already. */
async function holdBack(page: Page, address: string) {
  let release = () => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  let held = 0
  const answers: Array<Promise<void>> = []
  const pass = async (route: Route) => {
    const response = await route.fetch()
    held++
    await released
    await route.fulfill({ response })
  }
  await page.route(address, route => {
    // The page may have given up on it.
    const answer = pass(route).catch(() => {})
    answers.push(answer)
    return answer
  })
  return {
    isHeld: () => held > 0,
    /** Resolves when the page has them and has had time to show them. */
    async letGo() {
      release()
      await Promise.all(answers)
      await painted(page)
    }
  }
}

const painted = (page: Page) =>
  page.evaluate(
    () =>
      new Promise(resolve => {
        requestAnimationFrame(() => requestAnimationFrame(resolve))
      })
  )

t.test(
  'a late answer to an older search does not take the place of a newer one',
  needsBrowser,
  async t => {
    const { page, server, api } = await visit(t)
    for (const key of ['a:1', 'b:1']) {
      await api(`/api/kv/${encodeURIComponent(key)}`, { method: 'PUT', body: 'x' })
    }
    // The prefix travels in base64: `a:`.
    const first = await holdBack(page, '**/api/kv?prefix=YTo**')
    await page.goto(`${server.base}/data`)
    await page.getByRole('button', { name: 'b:1', exact: true }).waitFor()
    await page.getByRole('searchbox').fill('a:')
    await eventually(t, first.isHeld, true, 'the older search is asked')
    await page.getByRole('searchbox').fill('b:')
    await page.getByRole('button', { name: 'a:1', exact: true }).waitFor({ state: 'detached' })
    await first.letGo()
    t.same(await page.locator('tbody .row-link').allInnerTexts(), ['b:1'])
  }
)

t.test(
  'a late further page of an older search is not put behind a newer one',
  needsBrowser,
  async t => {
    const { page, server, api } = await visit(t)
    const keys = [...Array.from({ length: 60 }, (_, i) => `a:${String(i).padStart(2, '0')}`), 'b:1']
    for (const key of keys) {
      await api(`/api/kv/${encodeURIComponent(key)}`, { method: 'PUT', body: 'x' })
    }
    const more = await holdBack(page, '**/api/kv?**after=**')
    await page.goto(`${server.base}/data`)
    await page.getByRole('button', { name: 'Show more' }).click()
    await eventually(t, more.isHeld, true, 'the further page is asked for')
    await page.getByRole('searchbox').fill('b:')
    await page.getByRole('button', { name: 'a:00', exact: true }).waitFor({ state: 'detached' })
    await more.letGo()
    t.same(await page.locator('tbody .row-link').allInnerTexts(), ['b:1'])
  }
)

t.test('the palette does not offer what was found for another text', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  await createFunction('Nightly report', hello)
  await page.goto(`${server.base}/new`)
  await page.getByRole('radio').first().waitFor()
  const all = await holdBack(page, '**/api/functions?**')
  await page.keyboard.press('Control+k')
  await eventually(t, all.isHeld, true, 'functions are asked for')
  await page.keyboard.type('dark theme')
  await all.letGo()
  await page.keyboard.press('Enter')
  await eventually(t, () => page.evaluate(() => document.documentElement.dataset.theme), 'dark')
})

t.test(
  'the line where a draft failed stays marked when the check while typing answers later',
  needsBrowser,
  async t => {
    const { page, server, createFunction } = await visit(t)
    const id = await createFunction('Marked', hello)
    const marked = () => page.locator('.editor-error-line').count()
    const check = await holdBack(page, '**/api/check')
    await page.goto(`${server.base}/functions/${id}/code`)
    await replaceCode(page, 'function handler(ctx, event)\n  return event.nothing.more\nend\n')
    await page.keyboard.press('Control+Enter')
    await eventually(t, marked, 1)
    await eventually(t, check.isHeld, true, 'the code is checked')
    await check.letGo()
    t.equal(await marked(), 1)
    await replaceCode(page, hello)
    await eventually(t, marked, 0)
  }
)

t.test('an execution that ends while the list is fetched is in it', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Watched', hello)
  await page.goto(server.base)
  await page.evaluate(functionId => {
    const source = new EventSource(`/api/events?function_id=${functionId}`)
    const heard = new Promise(resolve => {
      source.addEventListener('execution', resolve, { once: true })
    })
    Object.assign(globalThis, { heard })
    return new Promise(resolve => {
      source.addEventListener('open', resolve, { once: true })
    })
  }, id)
  await page.getByRole('link', { name: 'Watched' }).click()
  const list = await holdBack(page, `**/api/functions/${id}/executions?**`)
  await page.getByRole('link', { name: 'Executions', exact: true }).click()
  await eventually(t, list.isHeld, true, 'the list is asked for')
  await fetch(`${server.base}/fn/${id}`)
  await page.evaluate(() =>
    (globalThis as unknown as { heard: Promise<unknown> }).heard.then(() => {})
  )
  await list.letGo()
  await page.getByText('Live: new executions').waitFor()
  await eventually(t, () => page.locator('tbody tr').count(), 1)
})

t.test(
  'whoever signs out is not told that the session has ended by what was still asked for',
  needsBrowser,
  async t => {
    const { page, server, api } = await visit(t)
    await page.goto(`${server.base}/new`)
    await page.getByRole('radio').first().waitFor()
    const left = await holdBack(page, '**/api/auth/logout')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await eventually(t, left.isHeld, true, 'the session is over')
    const refused = page.waitForResponse(response => response.status() === 401)
    await page.getByRole('link', { name: 'Shared data' }).click()
    await refused
    await left.letGo()
    await page.getByText('You are signed out.').waitFor()
    t.match(await api('/api/auth/sessions'), { sessions: [] })
  }
)
