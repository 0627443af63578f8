import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { editorOf, hello, needsBrowser, said, visit } from './browser.js'

t.test('on a phone the menu opens, leads on and closes', needsBrowser, async t => {
  const { page, server, faults } = await visit(t, {
    viewport: { width: 375, height: 812 },
    isMobile: true,
    hasTouch: true
  })
  await page.goto(server.base)
  const menu = page.getByRole('button', { name: 'Menu' })
  const opened = () => menu.getAttribute('aria-expanded')
  await menu.tap()
  await eventually(t, opened, 'true')
  await page.getByRole('link', { name: 'Account' }).tap()
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  await eventually(t, opened, 'false')
  await menu.tap()
  await eventually(t, opened, 'true')
  await page.keyboard.press('Escape')
  await eventually(t, opened, 'false')
  t.same(faults, [])
})

t.test('each entry of the sidebar is one line, in both languages', needsBrowser, async t => {
  const { page, server } = await visit(t)
  await page.goto(server.base)
  const entries = page.locator('.sidebar .nav-item:visible')
  const tallest = () =>
    entries.evaluateAll(found => Math.max(...found.map(({ clientHeight }) => clientHeight)))
  for (const language of ['PT', 'EN']) {
    await page.getByRole('button', { name: language === 'PT' ? 'Português' : 'English' }).click()
    await page.getByRole('link', { name: language === 'PT' ? 'Funções' : 'Functions' }).waitFor()
    t.ok((await entries.count()) > 8)
    t.ok((await tallest()) < 40, `${language}: ${await tallest()} px`)
  }
})

t.test('a long description leaves all columns of the list in sight', needsBrowser, async t => {
  const { page, server, api } = await visit(t)
  const text = 'Takes what the shop sends, and tells everybody who has asked for it. '
  const body = { name: text, description: text.repeat(3), code: hello }
  const { id } = await api<{ id: string }>('/api/functions', { method: 'POST', body })
  await fetch(`${server.base}/fn/${id}`)
  await page.goto(server.base)
  await page.getByText('just now').nth(1).waitFor()
  const list = page.locator('.table-wrap')
  t.equal(await list.evaluate(it => it.scrollWidth - it.clientWidth), 0)
})

t.test('on a phone a draft is run and saved by touch', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t, {
    viewport: { width: 375, height: 812 },
    isMobile: true,
    hasTouch: true
  })
  const id = await createFunction('Pocket', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await (await editorOf(page)).focus()
  await page.keyboard.insertText('-- by touch\n')
  await page.getByRole('button', { name: /Run draft/ }).tap()
  await page.locator('.outcome').getByText('200').waitFor()
  const bottom = async () => {
    const { y = 0, height = 0 } = (await page.locator('.outcome').boundingBox()) ?? {}
    return y + height <= 812
  }
  await eventually(t, bottom, true, 'the outcome is in sight')
  await page.getByRole('button', { name: /Save/ }).tap()
  await said(t, page, 'Saved as version 2')
  t.same(faults, [])
})

t.test('a chosen theme stays, and the editor takes its colours', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t, { colorScheme: 'light' })
  const id = await createFunction('Colours', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await editorOf(page)
  const background = () =>
    page.evaluate(
      () => getComputedStyle(document.querySelector('.monaco-editor .margin')!).backgroundColor
    )
  const keyword = () =>
    page.evaluate(() => getComputedStyle(document.querySelector('.view-line span span')!).color)
  await eventually(t, keyword, 'rgb(138, 44, 168)', 'code has the colours of the page')
  const light = await background()
  await page.getByRole('button', { name: 'Dark' }).click()
  await eventually(t, keyword, 'rgb(215, 155, 240)', 'code has the colours of the dark page')
  await eventually(t, async () => (await background()) !== light, true, 'so has the editor')
  await eventually(
    t,
    () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme),
    'dark'
  )
  await page.reload()
  await eventually(t, () => page.evaluate(() => document.documentElement.dataset.theme), 'dark')
  t.same(faults, [])
})

t.test('the first page does not load the editor, and the code page does', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Lazy', hello)
  const asked: string[] = []
  page.on('request', request => {
    asked.push(request.url())
  })
  await page.goto(server.base)
  await page.getByRole('link', { name: 'Lazy' }).waitFor()
  const editorAsked = () => asked.some(url => /\/assets\/editor-/.test(url))
  t.equal(editorAsked(), false)
  await page.goto(`${server.base}/functions/${id}/code`)
  await editorOf(page)
  await eventually(t, editorAsked, true, 'the editor is asked for')
})

t.test(
  'pages that are seldom opened are loaded when they are, and again when that failed',
  needsBrowser,
  async t => {
    const { page, server, createFunction } = await visit(t)
    const id = await createFunction('Seldom', hello)
    const asked: string[] = []
    page.on('request', request => {
      asked.push(request.url())
    })
    const laterAsked = () => asked.some(url => /\/assets\/later-/.test(url))
    await page.goto(`${server.base}/functions/${id}/test`)
    await page.getByRole('button', { name: 'Send' }).waitFor()
    t.equal(laterAsked(), false)
    await page.route('**/assets/later-*', route => route.abort())
    await page.getByRole('link', { name: 'Access' }).click()
    await page.getByText('That did not work').waitFor()
    t.ok(laterAsked())
    await page.unroute('**/assets/later-*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'Who may call it' }).waitFor()
  }
)
