import t from 'tap'
import type { Page } from 'playwright-core'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, said, visit, type Visit } from './browser.js'

const variablesForm = (page: Page) =>
  page.locator('form').filter({ hasText: 'Environment variables' })
const scheduleForm = (page: Page) => page.locator('form').filter({ hasText: 'Cron expression' })

/** The settings of a new function with these variables. */
async function openSettings(
  { page, server, api, createFunction }: Visit,
  variables: Record<string, string> = {},
  code = hello
): Promise<string> {
  const id = await createFunction('Settings', code)
  if (Object.keys(variables).length > 0) {
    await api(`/api/functions/${id}/env`, { method: 'PUT', body: { env_vars: variables } })
  }
  await page.goto(`${server.base}/functions/${id}/settings`)
  await variablesForm(page).waitFor()
  return id
}

const readVariables = async ({ api }: Visit, id: string) =>
  (await api<{ env_vars: Record<string, string> }>(`/api/functions/${id}`)).env_vars

/** Pastes into what has the focus, as Ctrl-V does. */
const paste = (page: Page, text: string) =>
  page.evaluate(given => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text', given)
    const target = document.activeElement as HTMLTextAreaElement
    if (
      target.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      )
    ) {
      document.execCommand('insertText', false, given)
    }
  }, text)

t.test(
  'values stay hidden until asked for, and keep their line ends when they are edited',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, faults } = all
    const id = await openSettings(all, { PEM: 'one\ntwo', DOS: 'one\r\ntwo', TOKEN: 'secret' })
    const form = variablesForm(page)
    const field = (name: string) =>
      form.getByRole('group', { name, exact: true }).getByLabel('Value', { exact: true })
    t.equal(await field('TOKEN').getAttribute('type'), 'password')
    t.notMatch(await form.innerHTML(), /secret/, 'a hidden value is not in the page')
    for (const name of ['PEM', 'DOS']) {
      await form
        .getByRole('group', { name, exact: true })
        .getByRole('button', { name: 'Show value' })
        .click()
      await eventually(
        t,
        () => field(name).evaluate(element => element === document.activeElement),
        true,
        'the shown value has the focus'
      )
      await eventually(t, () => field(name).inputValue(), 'one\ntwo')
      await field(name).fill('one\ntwo\nthree')
    }
    await form.getByRole('button', { name: 'Save' }).click()
    await said(t, page, 'Changes saved')
    t.same(await readVariables(all, id), {
      PEM: 'one\ntwo\nthree',
      DOS: 'one\r\ntwo\r\nthree',
      TOKEN: 'secret'
    })
    t.same(faults, [])
  }
)

t.test('a secret that is pasted is a value, whatever it looks like', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults } = all
  const id = await openSettings(all)
  const form = variablesForm(page)
  await form.getByRole('button', { name: 'Add a variable' }).click()
  await form.getByLabel('Name', { exact: true }).and(page.locator(':focus')).waitFor()
  await page.keyboard.type('KEY')
  await page.keyboard.press('Tab')
  await paste(page, 'abc=def==')
  await form.getByRole('button', { name: 'Save' }).click()
  await said(t, page, 'Changes saved')
  t.same(await readVariables(all, id), { KEY: 'abc=def==' })
  t.same(faults, [])
})

t.test(
  'a .env is taken where one asks for it, after a look at what it would do',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, faults } = all
    const id = await openSettings(all, { TOKEN: 'old', SAME: 'same', KEEP: 'kept' })
    const form = variablesForm(page)
    const asked: string[] = []
    page.on('request', request => {
      asked.push(request.url())
    })
    await form.getByRole('button', { name: 'Paste a .env' }).click()
    const dialog = page.getByRole('dialog')
    await dialog
      .getByLabel('Paste the lines of the file')
      .fill(
        '# mine\nTOKEN="new"\nSAME=same\nexport PEM="a\nb=c"\nmy-name=1\nmy.name=2\nEMPTY=\njust words\n'
      )
    const fates = async () =>
      Object.fromEntries(
        await dialog
          .locator('tbody tr')
          .evaluateAll(rows =>
            rows.map(row => [row.children[0]!.textContent, row.children[2]!.textContent])
          )
      )
    await eventually(t, fates, {
      TOKEN: 'Replaces the current value',
      SAME: 'Unchanged',
      PEM: 'New',
      'my-name': 'Left out: a name has letters, digits and _ only',
      'my.name': 'Left out: a name has letters, digits and _ only',
      EMPTY: 'Left out: it has no value'
    })
    await dialog.getByText('One line is no variable and is left out:').waitFor()
    await dialog.getByText('just words', { exact: true }).waitFor()
    t.ok(
      asked.some(url => url.includes('/assets/dotenv-')),
      'the parser is loaded only now'
    )
    await dialog.getByRole('button', { name: 'Add 3 variables' }).click()
    await said(t, page, '3 variables added; save to set them')
    t.same(
      await readVariables(all, id),
      { TOKEN: 'old', SAME: 'same', KEEP: 'kept' },
      'nothing is set yet'
    )
    await form.getByRole('button', { name: 'Save' }).click()
    await said(t, page, 'Changes saved')
    t.same(await readVariables(all, id), {
      TOKEN: 'new',
      SAME: 'same',
      KEEP: 'kept',
      PEM: 'a\nb=c'
    })
    t.same(faults, [])
  }
)

t.test('what cannot be saved is said by name, and has the focus', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults } = all
  const id = await openSettings(all, { GOOD: 'good' })
  const form = variablesForm(page)
  const alert = form.getByRole('alert')
  await form.getByRole('button', { name: 'Add a variable' }).click()
  const row = form.locator('.pair').last()
  const cases = [
    ['HOLLOW', '', 'HOLLOW has no value. Give it one, or remove it.'],
    ['my-name', 'x', '“my-name” cannot be a name: only letters, digits and _ can be in it.'],
    ['GOOD', 'x', 'GOOD occurs twice.'],
    ['', 'x', 'One of the values has no name.'],
    ['LONG', 'é'.repeat(5001), 'The value of LONG is 10,002 bytes long; at most 10,000 fit.']
  ] as const
  for (const [name, value, problem] of cases) {
    await row.getByLabel('Name').fill(name)
    await row.getByLabel('Value', { exact: true }).fill(value)
    await form.getByRole('button', { name: 'Save' }).click()
    await eventually(t, () => alert.innerText(), problem)
    await eventually(
      t,
      () => row.evaluate(element => element.contains(document.activeElement)),
      true,
      `${name} has the focus`
    )
  }
  t.same(await readVariables(all, id), { GOOD: 'good' })
  t.same(faults, [])
})

t.test(
  'what the code reads has a row to be filled, and is no hindrance when it stays empty',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, faults } = all
    const id = await openSettings(
      all,
      { A: '1' },
      'function handler(ctx, event)\n  return { statusCode = 200, body = env.get("A") .. (env.get("TOKEN") or "") .. (env.get("OTHER") or "") }\nend\n'
    )
    const form = variablesForm(page)
    await form.getByRole('group', { name: 'OTHER' }).getByText('The code reads it.').waitFor()
    await form
      .getByRole('group', { name: 'TOKEN' })
      .getByLabel('Value', { exact: true })
      .fill('given')
    await form.getByRole('button', { name: 'Save' }).click()
    await said(t, page, 'Changes saved')
    t.same(await readVariables(all, id), { A: '1', TOKEN: 'given' })
    t.same(faults, [])
  }
)

t.test(
  'a schedule typed by hand is saved active; one that is paused says so',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, api, faults } = all
    const id = await openSettings(all)
    const form = scheduleForm(page)
    await form.getByLabel('Cron expression').fill('0 12 * * *')
    await eventually(t, () => form.locator('li').count(), 5)
    await form.getByRole('button', { name: 'Save' }).click()
    await said(t, page, 'Changes saved')
    t.match(await api(`/api/functions/${id}`), {
      cron_schedule: '0 12 * * *',
      cron_status: 'active'
    })

    await form.getByRole('switch').first().uncheck({ force: true })
    await form.getByText('The schedule is paused: nothing runs by itself').waitFor()
    await form.getByText('When it would run once it is active').waitFor()
    await form.getByLabel('Cron expression').fill('0 13 * * *')
    await form.getByRole('button', { name: 'Save' }).click()
    await said(t, page, 'Changes saved', 2)
    t.match(await api(`/api/functions/${id}`), {
      cron_schedule: '0 13 * * *',
      cron_status: 'paused'
    })
    t.same(faults, [])
  }
)

t.test(
  "a preset of an hour means the reader's, unless the server's is chosen",
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, faults } = all
    await openSettings(all)
    const form = scheduleForm(page)
    const text = () => form.getByLabel('Cron expression').inputValue()
    await form.getByRole('button', { name: 'Every day at 9' }).click()
    await eventually(t, text, 'CRON_TZ=America/Sao_Paulo 0 9 * * *')
    await eventually(t, () => form.locator('li').first().innerText(), /9:00.AM GMT-3/)
    await form
      .getByLabel('The hours below are in')
      .selectOption({ label: 'the server’s time (UTC)' })
    await form.getByRole('button', { name: 'Every day at 9' }).click()
    await eventually(t, text, '0 9 * * *')
    await eventually(t, () => form.locator('li').first().innerText(), /6:00.AM GMT-3/)
    await form.getByRole('button', { name: 'Every 5 minutes' }).click()
    await eventually(t, text, '*/5 * * * *')
    t.same(faults, [])
  }
)

t.test('settings that are not saved are not left without asking', needsBrowser, async t => {
  const all = await visit(t)
  const { page, api, faults } = all
  const id = await openSettings(all)
  await page.getByLabel('Name', { exact: true }).first().fill('Renamed')
  await scheduleForm(page).getByLabel('Cron expression').fill('0 12 * * *')
  await page.getByRole('link', { name: 'Code', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Not saved yet: General and Schedule.').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'hidden' })
  t.match(page.url(), /\/settings$/)
  t.equal(await page.getByLabel('Name', { exact: true }).first().inputValue(), 'Renamed')

  await page.getByRole('link', { name: 'Account' }).click()
  await dialog.getByRole('button', { name: 'Save and leave' }).click()
  await page.waitForURL('**/account')
  t.match(await api(`/api/functions/${id}`), {
    name: 'Renamed',
    cron_schedule: '0 12 * * *',
    cron_status: 'active'
  })

  await page.goBack()
  await page.getByLabel('Description').fill('never saved')
  await page.getByRole('link', { name: 'Test', exact: true }).click()
  await dialog.getByRole('button', { name: 'Leave without saving' }).click()
  await page.waitForURL('**/test')
  t.notMatch(await api(`/api/functions/${id}`), { description: 'never saved' })
  t.same(faults, [])
})

t.test(
  'a name of letters that take two bytes is told to be too long while it is typed',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, faults } = all
    await openSettings(all)
    const general = page.locator('form').filter({ hasText: 'General' })
    await general.getByLabel('Name').fill('é'.repeat(60))
    await eventually(
      t,
      () => general.getByRole('alert').innerText(),
      /Name: 120 bytes are too long; at most 100 fit/
    )
    t.equal(await general.getByRole('button', { name: 'Save' }).isDisabled(), true)
    t.same(faults, [])
  }
)

t.test(
  'a request that is put together and not sent is still there after a look at another tab',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Half', hello)
    await page.goto(`${server.base}/functions/${id}/test`)
    await page.getByLabel('Path').fill('/half/typed')
    await page.getByRole('link', { name: 'Versions', exact: true }).click()
    await page.locator('tbody tr').first().waitFor()
    await page.getByRole('link', { name: 'Test', exact: true }).click()
    await eventually(t, () => page.getByLabel('Path').inputValue(), '/half/typed')
    t.same(faults, [])
  }
)

t.test('a save that failed is tried again without typing anything', needsBrowser, async t => {
  const all = await visit(t)
  const { page, api } = all
  const id = await openSettings(all)
  const description = page.getByLabel('Description')
  const general = page.locator('form', { has: description })
  const schedule = scheduleForm(page)
  await description.fill('kept')
  await schedule.getByLabel('Cron expression').fill('*/5 * * * *')
  await schedule.getByText('Next runs').waitFor()

  const address = `**/api/functions/${id}`
  await page.route(address, async route => {
    const json = { error: 'The disk is full' }
    if (route.request().method() === 'PUT') await route.fulfill({ status: 503, json })
    else await route.continue()
  })
  for (const form of [general, schedule]) {
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByText('The disk is full').waitFor()
  }
  await page.unroute(address)
  for (const [index, form] of [general, schedule].entries()) {
    await form.getByRole('button', { name: 'Save' }).click()
    await said(t, page, 'Changes saved', index + 1)
    await form.getByText('The disk is full').waitFor({ state: 'hidden' })
  }
  const { description: saved, cron_schedule: text } = await api<Record<string, string>>(
    `/api/functions/${id}`
  )
  t.same([saved, text], ['kept', '*/5 * * * *'])
})
