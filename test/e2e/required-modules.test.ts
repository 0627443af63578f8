import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { editorOf, hello, needsBrowser, replaceCode, visit, type Visit } from './browser.js'

const settings = { PLUGINS: './test/fixtures/plugins/greeter.mjs' }
const line = 'local greeter_words = require("greeter_words")'

async function openEmpty({ page, server, createFunction }: Visit): Promise<void> {
  const id = await createFunction('Polite', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, '\n')
  await (await editorOf(page)).focus()
}

t.test('the line that loads a module is completed', needsBrowser, async t => {
  const all = await visit(t, { settings })
  const { page, faults } = all
  await openEmpty(all)
  await page.keyboard.type('req')
  const row = page
    .locator('.suggest-widget.visible .monaco-list-row.focused')
    .filter({ hasText: line })
  await row.waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.view-line').filter({ hasText: line }).waitFor()

  await page.keyboard.press('Enter')
  await page.keyboard.type('local p = greeter_words.po')
  await page
    .locator('.suggest-widget.visible .monaco-list-row.focused')
    .filter({ hasText: 'polite' })
    .waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.view-line').filter({ hasText: 'greeter_words.polite()' }).waitFor()
  await eventually(
    t,
    () => page.locator('.view-line').filter({ hasText: 'require' }).count(),
    1,
    'it is loaded once'
  )
  t.same(faults, [])
})

t.test('completing a module that is not loaded puts its line on top', needsBrowser, async t => {
  const all = await visit(t, { settings })
  const { page, faults } = all
  await openEmpty(all)
  await page.keyboard.type('return greeter_w')
  const row = page.locator('.suggest-widget.visible .monaco-list-row.focused')
  await row.filter({ hasText: 'greeter_words' }).waitFor()
  await row.getByText(line).waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.view-line').filter({ hasText: 'return greeter_words' }).waitFor()
  await eventually(
    t,
    async () => (await page.locator('.view-line').first().textContent())?.replaceAll('\u00a0', ' '),
    line
  )
  t.same(faults, [])
})

t.test('inside require the names of modules are offered, and only those', needsBrowser, async t => {
  const all = await visit(t, { settings })
  const { page, faults } = all
  await openEmpty(all)
  await page.keyboard.type('local w = require("')
  const rows = page.locator('.suggest-widget.visible .monaco-list-row')
  await rows.filter({ hasText: 'greeter_words' }).waitFor()
  await eventually(t, () => rows.count(), 1)
  t.same(faults, [])
})

t.test(
  'hover and signature know a module by the name that the code gave it, and say how it is loaded',
  needsBrowser,
  async t => {
    const all = await visit(t, { settings, locale: 'pt-BR' })
    const { page, faults } = all
    await openEmpty(all)
    await replaceCode(page, 'local w = require("greeter_words")\nreturn { body = w.polite("Ada") }')
    const hover = page.locator('.monaco-hover:visible')
    // The editor takes no notice of a pointer that rests where it is while the line is drawn anew.
    await eventually(
      t,
      async () => {
        await page.mouse.move(0, 0)
        await page
          .locator('.view-line span')
          .filter({ hasText: /polite/ })
          .last()
          .hover()
        return await hover
          .getByText('Carregue-o antes:')
          .waitFor({ timeout: 10_000 })
          .then(
            () => true,
            () => false
          )
      },
      true,
      'the pointer brings the words on polite'
    )
    await hover.getByText(line).waitFor()
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Enter')
    await page.keyboard.type('w.polite(')
    await page
      .locator('.parameter-hints-widget.visible')
      .getByText('name: string')
      .first()
      .waitFor()
    t.same(faults, [])
  }
)

t.test('the reference beside the editor says how a module is loaded', needsBrowser, async t => {
  const all = await visit(t, { settings })
  const { page, faults } = all
  await openEmpty(all)
  await page.getByRole('tab', { name: 'Lua reference' }).click()
  await page.getByRole('searchbox', { name: 'Search the Lua API' }).fill('greeter')
  await eventually(
    t,
    () => page.getByText('Load it first:').filter({ visible: true }).count(),
    1,
    'greeter is a global, greeter_words is not'
  )
  await page.getByText(line, { exact: true }).waitFor()
  t.same(faults, [])
})

t.test('without such modules there is no require', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults } = all
  await openEmpty(all)
  await page.keyboard.type('r')
  const rows = page.locator('.suggest-widget.visible .monaco-list-row')
  await rows.filter({ hasText: 'repeat' }).first().waitFor()
  t.equal(await rows.filter({ hasText: 'require' }).count(), 0)
  t.same(faults, [])
})
