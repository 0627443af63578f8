import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { editorOf, needsBrowser, replaceCode, said, visit } from './browser.js'

const broken =
  'function handler(ctx, event)\n  local order = nil\n  return { statusCode = 200, body = order.text }\nend\n'
const fixed =
  'function handler(ctx, event)\n  log.warn("Mind the gap")\n  return { statusCode = 201, body = "All is well" }\nend\n'

t.test(
  'a function is made, mended, saved, called, watched, rolled back, scheduled and deleted',
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t, { signedIn: false })
    await page.goto(server.base)

    await page.getByLabel('API key').fill(server.key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Your first function is a click away' }).waitFor()

    await page.getByRole('link', { name: 'New function' }).first().click()
    await page.getByRole('radio', { name: /REST API/ }).click()
    await eventually(t, () => page.getByLabel('Name').inputValue(), 'REST API')
    await page.getByRole('radio', { name: /HTTP endpoint/ }).click()
    await page.getByLabel('Name').fill('Order intake')
    await page.getByRole('button', { name: 'Create function' }).click()
    await page.getByRole('heading', { name: 'Order intake', level: 1 }).waitFor()

    // A draft that fails shows where, in words and in the editor.
    await replaceCode(page, broken)
    await page.getByText('Unsaved changes', { exact: true }).waitFor()
    await (await editorOf(page)).press('Control+Enter')
    await page
      .getByText(/attempt to index a nil value/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Line 3' }).first().waitFor()
    await page.locator('.editor-error-line').first().waitFor()
    await eventually(t, () => page.locator('.code-line.is-failing').innerText(), /order\.text/)

    // What the draft answers once it is mended.
    await replaceCode(page, fixed)
    await (await editorOf(page)).press('Control+Enter')
    await page.locator('.outcome').getByText('201').waitFor()
    await page.getByText('Mind the gap', { exact: true }).waitFor()
    await eventually(t, () => page.locator('.editor-error-line').count(), 0)

    await (await editorOf(page)).press('Control+s')
    await said(t, page, 'Saved as version 2')

    // Called over HTTP.
    await page.getByRole('link', { name: 'Test', exact: true }).click()
    await page.getByRole('button', { name: /Send/ }).click()
    await page.getByText('All is well').waitFor()
    await page.getByText('Mind the gap', { exact: true }).waitFor()

    // Another call from elsewhere appears by itself.
    await page.getByRole('link', { name: 'Executions', exact: true }).click()
    await page.getByText('Live: new executions').waitFor()
    const rows = page.locator('tbody tr')
    await eventually(t, () => rows.count(), 1)
    await page.waitForURL('**/executions')
    const id = /functions\/([^/]+)/.exec(page.url())?.[1] ?? ''
    const called = await fetch(`${server.base}/fn/${id}/from-outside`)
    t.equal(called.status, 201)
    await eventually(t, () => rows.count(), 2)
    await rows.first().getByRole('link').click()
    await page.getByRole('heading', { name: 'Execution', exact: true }).waitFor()
    await page.getByText('/from-outside').first().waitFor()
    await page.getByText('Mind the gap', { exact: true }).waitFor()

    // Compared and taken back.
    await page.getByRole('link', { name: 'Versions', exact: true }).click()
    await page.getByRole('button', { name: 'Compare version 1' }).click()
    await page.locator('.monaco-diff-editor').getByText('All is well').waitFor()
    await page.getByRole('button', { name: 'Activate version 1' }).click()
    await said(t, page, 'Version 1 is active')
    t.match(await (await fetch(`${server.base}/fn/${id}`)).text(), /Hello, world/)

    // Scheduled.
    await page.getByRole('link', { name: 'Settings', exact: true }).click()
    await page.getByRole('button', { name: 'Every 5 minutes' }).click()
    await page.getByText(/The next runs, in your time \(America\/Sao_Paulo\)/).waitFor()
    await eventually(t, () => page.locator('ol .list-item').count(), 5)
    await page
      .locator('form')
      .filter({ hasText: 'Cron expression' })
      .getByRole('button', { name: 'Save' })
      .click()
    await said(t, page, 'Changes saved')
    await page.locator('.function-title').getByText('Schedule').waitFor()

    // Deleted, but only after its name is typed.
    await page.getByRole('button', { name: 'Delete function' }).click()
    const dialog = page.getByRole('dialog')
    await eventually(
      t,
      () => dialog.getByRole('button', { name: 'Delete function' }).isDisabled(),
      true
    )
    await dialog.getByLabel(/Type/).fill('Order intake')
    await dialog.getByRole('button', { name: 'Delete function' }).click()
    await page.getByRole('heading', { name: 'Your first function is a click away' }).waitFor()
    t.equal((await fetch(`${server.base}/fn/${id}`)).status, 404)

    // The 401 that leads to the login page is the only thing to be seen in the console.
    t.same(
      faults.filter(fault => !fault.includes('401')),
      []
    )
  }
)

t.test('the empty list creates a function that works and shows its curl', needsBrowser, async t => {
  const { page, server, faults } = await visit(t)
  await page.goto(server.base)
  await page.getByRole('button', { name: 'Create a function' }).click()
  await page.getByRole('heading', { name: 'Hello', level: 1 }).waitFor()
  const curl = () => page.getByRole('group', { name: 'Call it from elsewhere' }).last().innerText()
  await eventually(t, curl, /^curl[^]*'http/)
  const address = /'(http[^']+)'/.exec(await curl())![1]!
  t.match(await (await fetch(address)).json(), { message: 'Hello, world!' })
  await page.getByRole('button', { name: /Send/ }).click()
  await page.getByText('Hello, world!').waitFor()
  t.same(faults, [])
})
