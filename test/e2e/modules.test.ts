/** Shared modules: made, written, tried, kept in versions, and shown with who requires them. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import {
  editorOf,
  fits,
  needsBrowser,
  replaceCode,
  said,
  visit,
  visitAlso,
  type Visit
} from './browser.js'

const CODE =
  'local shop = {}\n\n--- The price with tax.\n---@param net number\n---@return number\n' +
  'function shop.gross(net)\n  return net * 2\nend\n\nreturn shop\n'
const CALLER =
  'local shop = require("shop")\nfunction handler() return { body = tostring(shop.gross(10)) } end\n'

interface Module {
  id: string
  name: string
  active_version: { version: number; code: string }
}
const createModule = async ({ api }: Visit, name = 'shop', code = CODE) =>
  (await api<Module>('/api/modules', { method: 'POST', body: { name, code } })).id
const read = ({ api }: Visit, id: string) => api<Module>(`/api/modules/${id}`)
const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click()
const suggested = (page: Page, text: string) =>
  page.locator('.suggest-widget.visible .monaco-list-row').filter({ hasText: text }).first()

t.test('a module is made by the keyboard, written, and found', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults } = all
  await createModule(all, 'taken')
  await page.goto(server.base)
  await page.getByRole('link', { name: 'Modules' }).click()
  await page.getByRole('button', { name: 'New module' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  for (const [name, words] of [
    ['json', /json/],
    ['a b', /letters, digits and _/],
    ['taken', /is the name of another module/],
    ['Taken', /only in capital letters/]
  ] as const) {
    await dialog.getByLabel('Name').fill(name)
    await page.keyboard.press('Enter')
    await dialog.getByRole('alert').filter({ hasText: words }).waitFor()
  }
  await dialog.getByLabel('Name').fill('lib.shop')
  await dialog.getByLabel('Description').fill('Prices')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/modules/*/code')
  await editorOf(page)
  t.match(await page.title(), /^lib\.shop/)
  await page.getByText('local shop = require("lib.shop")').waitFor()
  await page.getByText('No function requires this module yet.').waitFor()
  await page.locator('.view-line').filter({ hasText: 'function shop.greet(name)' }).waitFor()

  await page.goto(`${server.base}/modules`)
  await page.getByRole('link', { name: 'taken' }).waitFor()
  await page.getByLabel('Search modules').fill('prices')
  await eventually(t, () => page.locator('tbody tr').count(), 1)
  await page.getByLabel('Search modules').fill('xyzzy')
  await page.getByText('No module matches').waitFor()
  t.same(
    faults.filter(fault => !/ 4\d\d /.test(fault)),
    []
  )
})

t.test('code is tried with a function before it is saved, and saved', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, createFunction, faults } = all
  const id = await createModule(all)
  const caller = await createFunction('Caller', CALLER)
  const through = await createModule(all, 'through', 'return require("shop")')
  await createFunction('Indirect', CALLER.replace('"shop"', '"through"'))
  await page.goto(`${server.base}/modules/${id}`)
  await replaceCode(page, CODE.replace('* 2', '* 3'))
  const target = page.getByLabel('Run as')
  await eventually(t, () => target.locator('option').allTextContents(), ['Caller', 'Indirect'])
  for (const name of ['Caller', 'Indirect']) {
    await target.selectOption(name)
    await page.getByRole('button', { name: /Run draft/ }).click()
    await page.getByRole('group', { name: 'Response' }).filter({ hasText: '30' }).waitFor()
  }
  t.equal(await (await fetch(`${server.base}/fn/${caller}`)).text(), '20', 'nothing is saved yet')
  await replaceCode(page, CODE.replace('net * 2', 'error("sold out")'))
  await page.getByRole('button', { name: /Run draft/ }).click()
  await page.locator('.editor-error-line').waitFor()
  await page
    .getByText(/sold out/)
    .first()
    .waitFor()
  await replaceCode(page, CODE.replace('* 2', '* 4'))
  await page.keyboard.press('Control+s')
  await said(t, page, 'Saved as version 2')
  t.equal(await (await fetch(`${server.base}/fn/${caller}`)).text(), '40')
  await page.goto(`${server.base}/modules/${through}/uses`)
  await page.locator('main').getByRole('link', { name: 'Indirect' }).waitFor()
  await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
  t.same(faults, [])
})

t.test('what is typed is kept, also where two people save', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server } = all
  const id = await createModule(all)
  const other = await visitAlso(t, all)
  for (const one of [page, other]) {
    await one.goto(`${server.base}/modules/${id}/code`)
    await editorOf(one)
  }
  await replaceCode(other, `${CODE}-- theirs\n`)
  await save(other)
  await said(t, other, 'Saved as version 2')
  await replaceCode(page, `${CODE}-- mine\n`)
  await page.getByRole('link', { name: 'Uses' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click()
  await page.getByRole('heading', { name: 'Required by' }).waitFor()
  await page.getByRole('link', { name: 'Code', exact: true }).click()
  await page.getByText('These are your unsaved changes from before.').waitFor()
  await save(page)
  const dialog = page.getByRole('dialog', { name: 'It has been changed meanwhile' })
  await dialog.locator('.view-line').filter({ hasText: 'theirs' }).first().waitFor()
  await dialog.getByRole('button', { name: 'Save mine' }).click()
  await said(t, page, 'Saved as version 3')
  t.match((await read(all, id)).active_version.code, /-- mine/)
})

t.test('versions are compared, activated and deleted', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, api, faults } = all
  const id = await createModule(all)
  await api(`/api/modules/${id}`, { method: 'PUT', body: { code: `${CODE}-- second\n` } })
  await page.goto(`${server.base}/modules/${id}/versions`)
  await page.getByRole('button', { name: 'Compare version 1' }).click()
  await page.locator('.monaco-diff-editor .line-insert').first().waitFor()
  await page.getByRole('button', { name: 'Activate version 1' }).click()
  await said(t, page, 'Version 1 is active')
  t.equal((await read(all, id)).active_version.version, 1)
  await page.getByRole('button', { name: 'Delete version 2' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await eventually(
    t,
    async () => (await api<{ versions: unknown[] }>(`/api/modules/${id}/versions`)).versions.length,
    1
  )
  t.same(faults, [])
})

t.test('who requires it is shown both ways, and keeps it', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, api, createFunction } = all
  const id = await createModule(all)
  const caller = await createFunction('Caller', `local gone = require("gone")\n${CALLER}`)
  await page.goto(`${server.base}/functions/${caller}/code`)
  await page.getByText('gone, which is not there').waitFor()
  await page.getByRole('link', { name: 'shop', exact: true }).click()
  await page.waitForURL(`**/modules/${id}`)
  await page.getByRole('link', { name: 'Required by 1' }).click()
  await page.locator('main').getByRole('link', { name: 'Caller' }).waitFor()
  await page.getByText('gross(net: number): number').waitFor()

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Name').fill('store')
  await save(page)
  const question = page.getByRole('dialog', { name: 'It is still required' })
  await question.getByText(/required by the function "Caller"/).waitFor()
  await question.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('alert').filter({ hasText: 'Caller' }).waitFor()
  t.equal((await read(all, id)).name, 'shop')
  t.equal(await page.getByLabel('Name').inputValue(), 'store', 'what was typed stays')
  await save(page)
  await question.getByRole('button', { name: 'Rename it anyway' }).click()
  await page.getByRole('heading', { name: 'store' }).waitFor()
  await api(`/api/modules/${id}?force=true`, { method: 'PUT', body: { name: 'shop' } })
  await page.reload()

  await page.getByRole('button', { name: 'Delete module' }).click()
  const deletion = page.getByRole('dialog', { name: 'Delete “shop”?' })
  await deletion.getByRole('textbox').fill('shop')
  await deletion.getByRole('button', { name: 'Delete module' }).click()
  await question.getByText(/required by the function "Caller"/).waitFor()
  await question.getByRole('button', { name: 'Delete it anyway' }).click()
  await said(t, page, '“shop” has been deleted')
  await page.waitForURL('**/modules')
  await page.getByText('No shared modules yet').waitFor()
  await page.goto(`${server.base}/modules/${id}`)
  await page.getByRole('heading', { name: 'There is no such module' }).waitFor()
})

t.test('the editor completes and explains what a module offers', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, createFunction, faults } = all
  await createModule(all)
  await createModule(all, 'shop.prices', 'return { rate = 1 }')
  const id = await createFunction('Caller', CALLER)
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, '\n')
  await (await editorOf(page)).focus()
  await page.keyboard.type('local shop = require("sh')
  await suggested(page, 'shop.prices').waitFor()
  await page.keyboard.type('op.')
  await suggested(page, 'shop.prices').waitFor()
  await page.keyboard.press('Escape')
  await replaceCode(page, 'local shop = require("shop")\n')
  await page.keyboard.type('local x = shop.gr')
  await suggested(page, 'gross').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.view-line').filter({ hasText: 'shop.gross()' }).waitFor()
  await page.locator('.parameter-hints-widget').filter({ hasText: 'net: number' }).waitFor()
  await page.keyboard.press('Escape')
  const call = page.locator('.view-line span').filter({ hasText: /^gross$/ })
  await call.first().hover()
  await page.locator('.monaco-hover').filter({ hasText: 'The price with tax.' }).waitFor()
  t.same(faults, [])
})

t.test('an error within a module leads to its line', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, createFunction } = all
  const id = await createModule(all, 'shop', CODE.replace('net * 2', 'error("sold out")'))
  const caller = await createFunction('Caller', CALLER)
  await page.goto(`${server.base}/functions/${caller}/code`)
  await editorOf(page)
  await page.getByRole('button', { name: /Run draft/ }).click()
  await page
    .getByText(/sold out/)
    .first()
    .waitFor()
  t.equal(await page.locator('.editor-error-line').count(), 0, 'that line is of another text')
  const execution = (await fetch(`${server.base}/fn/${caller}`)).headers.get('x-execution-id')
  await page.goto(`${server.base}/functions/${caller}/executions/${execution}`)
  await page.getByRole('link', { name: 'Open the code' }).click()
  await page.waitForURL(`**/modules/${id}/code?line=7`)
  await editorOf(page)
})

t.test('the pages speak Portuguese and fit a phone', needsBrowser, async t => {
  const all = await visit(t, { locale: 'pt-BR' })
  const { page, server, faults } = all
  const id = await createModule(all, `long.${'x'.repeat(90)}`)
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(`${server.base}/modules`)
  await page.getByRole('heading', { name: 'Módulos' }).waitFor()
  await page.locator('tbody tr').first().waitFor()
  t.ok(await fits(page), 'list')
  for (const [tab, heading] of [
    ['code', /long/],
    ['uses', /Usado por/],
    ['settings', /Geral/]
  ] as const) {
    await page.goto(`${server.base}/modules/${id}/${tab}`)
    await page.getByRole('heading', { name: heading }).first().waitFor()
    t.ok(await fits(page), tab)
  }
  t.same(faults, [])
})
