import t from 'tap'
import type { Page } from 'playwright-core'
import { eventually } from '../helpers/eventually.js'
import { editorOf, hello, needsBrowser, said, visit } from './browser.js'

const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document
    if (activeElement === document.body || activeElement?.id === 'main') return ''
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim() ?? ''
  })

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp, most = 60): Promise<void> {
  for (let presses = 0; presses < most; presses++) {
    if (name.test(await focused(page))) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${name}`)
}

t.test('the palette finds functions, pages and actions by typing', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t)
  const id = await createFunction('Nightly report', hello)
  await createFunction('Order intake', hello)
  await page.goto(server.base)
  await page.getByRole('link', { name: 'Nightly report' }).waitFor()

  await page.keyboard.press('Control+k')
  await page.keyboard.type('nightly')
  await page.getByRole('option', { name: /Nightly report/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/functions/${id}/code`)
  await editorOf(page)

  await page.keyboard.press('Control+k')
  await page.keyboard.type('executions')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/functions/${id}/executions`)

  await page.keyboard.press('Control+k')
  await page.keyboard.type('dark theme')
  await page.keyboard.press('Enter')
  await eventually(t, () => page.evaluate(() => document.documentElement.dataset.theme), 'dark')

  await page.keyboard.press('Control+k')
  await page.keyboard.type('xyzzy')
  await page.getByText('Nothing matches.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  t.same(faults, [])
})

t.test(
  'the palette puts names before descriptions, and what fits better first',
  needsBrowser,
  async t => {
    const { page, server, faults, api, createFunction } = await visit(t)
    await createFunction('Backup of settings', hello)
    await createFunction('Settings', hello)
    for (let number = 0; number < 9; number++) {
      const id = await createFunction(`Other ${number}`, hello)
      await api(`/api/functions/${id}`, {
        method: 'PUT',
        body: { description: 'reads the settings' }
      })
    }
    const id = await createFunction('Here', hello)
    await page.goto(`${server.base}/functions/${id}/test`)
    await page.getByRole('heading', { name: 'Here', level: 1 }).waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('settings')
    await page.getByRole('option', { name: 'Backup of settings' }).waitFor()
    const labels = () => page.getByRole('option').locator('.grow').allInnerTexts()
    await eventually(t, async () => (await labels()).slice(0, 4), [
      'Settings',
      'Settings',
      'Backup of settings',
      'Other 8'
    ])
    t.same(faults, [])
  }
)

t.test('arrows move through the palette and say where they are', needsBrowser, async t => {
  const { page, server, faults } = await visit(t)
  await page.goto(server.base)
  await page.getByRole('heading', { name: 'Functions' }).waitFor()
  await page.keyboard.press('Control+k')
  const input = page.getByRole('combobox', { name: 'Command' })
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await eventually(t, () => input.getAttribute('aria-activedescendant'), 'palette-1')
  await eventually(t, () => page.locator('#palette-1').getAttribute('aria-selected'), 'true')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  const last = page.getByRole('option').last()
  await eventually(
    t,
    async () =>
      (await input.getAttribute('aria-activedescendant')) === (await last.getAttribute('id')),
    true,
    'the last is the active one'
  )
  t.same(faults, [])
})

t.test(
  'code is edited, run and saved, and the editor left, with the keyboard alone',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction, api } = await visit(t)
    const id = await createFunction('By keyboard', hello)
    await page.goto(`${server.base}/functions/${id}/code`)
    await (await editorOf(page)).waitFor({ state: 'attached' })
    await eventually(
      t,
      () => page.evaluate(() => document.activeElement?.classList.contains('inputarea')),
      true
    )
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('-- typed')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+Enter')
    await page.locator('.outcome').getByText('200').waitFor()
    await page.keyboard.press('Control+s')
    await said(t, page, 'Saved as version 2')
    t.match(
      (await api<{ active_version: { code: string } }>(`/api/functions/${id}`)).active_version.code,
      /^-- typed\n/
    )

    await page.keyboard.press('Control+m')
    await tabTo(page, /^Run$/)
    await page.keyboard.press('ArrowRight')
    await page.getByRole('searchbox', { name: 'Search the Lua API' }).waitFor()
    await eventually(t, () => focused(page), 'Lua reference')
    t.same(faults, [])
  }
)

t.test(
  'a template is chosen with arrows, and a function made, without a pointer',
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t)
    await page.goto(`${server.base}/new`)
    await page.getByRole('radio').first().waitFor()
    await tabTo(page, /HTTP endpoint/)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await eventually(
      t,
      () => page.getByRole('radio', { name: /Counter/ }).getAttribute('aria-checked'),
      'true'
    )
    await eventually(t, () => focused(page), /Counter/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('Visits')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Visits', level: 1 }).waitFor()
    t.same(faults, [])
  }
)

t.test(
  'the first Tab offers to skip to the content, and focus can be seen',
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t)
    await page.goto(server.base)
    await page.getByRole('heading', { name: 'Functions' }).waitFor()
    await page.keyboard.press('Tab')
    await eventually(t, () => focused(page), 'Skip to content')
    await page.keyboard.press('Tab')
    await eventually(
      t,
      () => page.evaluate(() => getComputedStyle(document.activeElement!).boxShadow),
      /px/,
      'a ring is drawn'
    )
    t.same(faults, [])
  }
)

t.test('Escape answers a question with no, and the focus goes back', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t)
  const id = await createFunction('Kept', hello)
  await page.goto(`${server.base}/functions/${id}/settings`)
  const button = page.getByRole('button', { name: 'Delete function' })
  await button.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await eventually(t, () => focused(page), 'Delete function')
  t.same(faults, [])
})

t.test('access is set with the keyboard alone', needsBrowser, async t => {
  const { page, server, faults, createFunction, api } = await visit(t)
  const id = await createFunction('By keyboard', hello)
  await page.goto(`${server.base}/functions/${id}/access`)
  const mode = page.getByRole('radio', { name: 'Public' })
  await mode.focus()
  await page.keyboard.press('ArrowDown')
  await page.getByRole('radio', { name: 'With a key', checked: true }).waitFor()
  await tabTo(page, /^Save$/)
  await page.keyboard.press('Enter')
  await said(t, page, 'Changes saved')
  await tabTo(page, /^Name, such as/)
  await page.keyboard.type('shop')
  await page.keyboard.press('Enter')
  await page.getByText('It is not shown again').and(page.locator(':focus')).waitFor()
  await tabTo(page, /^AddressOnly by its id$/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^Add a route$/)
  await page.keyboard.press('Enter')
  await page.getByLabel('Pattern').and(page.locator(':focus')).waitFor()
  await page.keyboard.type('/shop')
  await page.keyboard.press('Enter')
  await said(t, page, 'Changes saved', 2)
  t.match(await api(`/api/functions/${id}`), {
    access: { mode: 'key' },
    routes: [{ pattern: '/shop' }]
  })
  t.same(faults, [])
})
