import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { editorOf, hello, needsBrowser, replaceCode, visit } from './browser.js'

t.test(
  'completion, signature and hover speak of the APIs that the server has',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Helped', hello)
    await page.goto(`${server.base}/functions/${id}/code`)
    await replaceCode(page, '\n')
    await (await editorOf(page)).focus()
    await page.keyboard.type('kv.')
    const suggestions = page.locator('.suggest-widget.visible')
    await suggestions.getByText('increment', { exact: false }).first().waitFor()
    await page.keyboard.type('set')
    await suggestions.locator('.monaco-list-row.focused').filter({ hasText: 'set' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.type('(')
    const hint = page.locator('.parameter-hints-widget.visible')
    await hint.getByText('kv.set(').first().waitFor()
    await eventually(t, () => hint.locator('.parameter.active').innerText(), /^key/)
    await page.keyboard.type('"a", ')
    await eventually(t, () => hint.locator('.parameter.active').innerText(), /^value/)
    await page.keyboard.press('Escape')
    // The editor takes no notice of a pointer that rests where it is while the line is drawn anew.
    await eventually(
      t,
      async () => {
        await page.mouse.move(0, 0)
        await page
          .locator('.view-line span')
          .filter({ hasText: /^set$|kv\.set/ })
          .last()
          .hover()
        return await page
          .locator('.monaco-hover:visible')
          .filter({ hasText: 'kv.set' })
          .first()
          .waitFor({ timeout: 10_000 })
          .then(
            () => true,
            () => false
          )
      },
      true,
      'the pointer brings the words on kv.set'
    )
    t.same(faults, [])
  }
)

t.test('a syntax error is marked while typing, by the real parser', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t)
  const id = await createFunction('Marked', hello)
  await page.goto(`${server.base}/functions/${id}/code`)
  await replaceCode(page, 'function handler(ctx, event)\n  local x = = 1\nend\n')
  await page
    .locator('.problem.is-danger')
    .filter({ hasText: /unexpected symbol/ })
    .waitFor()
  await page.locator('.squiggly-error').first().waitFor()
  await page.locator('.problem').getByRole('button', { name: 'Line 2' }).click()
  await replaceCode(page, hello)
  await page.getByText('No syntax errors').waitFor()
  await eventually(t, () => page.locator('.squiggly-error').count(), 0)
  t.same(faults, [])
})

t.test(
  'the event of a draft is chosen, and the reference inserts its examples',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction(
      'Event',
      'function handler(ctx, event)\n  return { statusCode = 200, body = event.method .. event.relativePath .. (event.query.a or "") .. (event.headers["X-A"] or "") .. event.body }\nend\n'
    )
    await page.goto(`${server.base}/functions/${id}/code`)
    await editorOf(page)
    await page.getByLabel('Method').selectOption('POST')
    await page.getByLabel('Path').fill('/p?a=q')
    await page.getByLabel('Headers').fill('X-A: h')
    await page.getByLabel('Body').fill('b')
    await page.getByRole('button', { name: /Run draft/ }).click()
    await page.getByText('POST/pqhb').waitFor()
    t.equal(
      (
        (await fetch(`${server.base}/api/functions/${id}/executions`, {
          headers: { authorization: `Bearer ${server.key}` }
        }).then(response => response.json())) as { pagination: { total: number } }
      ).pagination.total,
      0,
      'a draft leaves no record'
    )

    await page.getByRole('tab', { name: 'Lua reference' }).click()
    await page.getByRole('searchbox', { name: 'Search the Lua API' }).fill('kv.increment')
    await page.locator('summary').filter({ hasText: 'kv.increment(' }).click()
    await page.getByRole('button', { name: 'Insert into the code' }).first().click()
    await page.locator('.view-line').filter({ hasText: 'kv.increment' }).first().waitFor()
    t.same(faults, [])
  }
)
