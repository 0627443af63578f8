import t from 'tap'
import { editorOf, hello, needsBrowser, visit } from './browser.js'

t.setTimeout(240_000)

t.test('on a phone the menu opens, leads on and closes', needsBrowser, async t => {
  const { page, server, faults } = await visit(t, { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true })
  await page.goto(server.base)
  const menu = page.getByRole('button', { name: 'Menu' })
  await menu.tap()
  t.equal(await menu.getAttribute('aria-expanded'), 'true')
  await page.getByRole('link', { name: 'Account' }).tap()
  await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
  t.equal(await menu.getAttribute('aria-expanded'), 'false')
  await menu.tap()
  await page.keyboard.press('Escape')
  t.equal(await menu.getAttribute('aria-expanded'), 'false')
  t.same(faults, [])
})

t.test('on a phone a draft is run and saved by touch', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t, { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true })
  const id = await createFunction('Pocket', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await (await editorOf(page)).focus()
  await page.keyboard.insertText('-- by touch\n')
  await page.getByRole('button', { name: /Run draft/ }).tap()
  await page.locator('.outcome').getByText('200').waitFor()
  await page.getByRole('button', { name: /Save/ }).tap()
  await page.getByText('Saved as version 2').waitFor()
  t.same(faults, [])
})

t.test('a chosen theme stays, and the editor takes its colours', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t, { colorScheme: 'light' })
  const id = await createFunction('Colours', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await editorOf(page)
  const background = () => page.evaluate(() => getComputedStyle(document.querySelector('.monaco-editor .margin')!).backgroundColor)
  const light = await background()
  const keyword = () => page.evaluate(() => getComputedStyle(document.querySelector('.view-line span span')!).color)
  t.equal(await keyword(), 'rgb(138, 44, 168)', 'code has the colours of the page')
  await page.getByRole('button', { name: 'Dark' }).click()
  await page.waitForFunction(before => getComputedStyle(document.querySelector('.monaco-editor .margin')!).backgroundColor !== before, light)
  t.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark')
  await page.waitForFunction(() => getComputedStyle(document.querySelector('.view-line span span')!).color === 'rgb(215, 155, 240)')
  await page.reload()
  t.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark')
  t.same(faults, [])
})

t.test('the first page does not load the editor, and the code page does', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Lazy', hello)
  const asked: string[] = []
  page.on('request', request => { asked.push(request.url()) })
  await page.goto(server.base)
  await page.getByRole('link', { name: 'Lazy' }).waitFor()
  t.equal(asked.some(url => /\/assets\/editor-/.test(url)), false)
  await page.goto(`${server.base}/functions/${id}/code`)
  await editorOf(page)
  t.equal(asked.some(url => /\/assets\/editor-/.test(url)), true)
})
