import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { editorOf, hello, needsBrowser, replaceCode, visit } from './browser.js'

/** Five million characters of JSON in lines of their own once it is laid out. */
const large = `function handler(ctx, event)
  if event.relativePath == "/line" then return { statusCode = 200, body = string.rep("x", 5000000) .. "end" } end
  return { statusCode = 200, headers = { ["Content-Type"] = "application/json" }, body = '[' .. string.rep('{"name":"some text","number":12345678901234567890},', 100000) .. '"end"]' }
end
`

t.test(
  'an answer of 5 MB is shown in part at once, whole on demand, and downloaded as it came',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Large', large)
    await page.goto(`${server.base}/functions/${id}/test`)
    const answer = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Response' }) })
    const body = answer.locator('pre').first()
    const length = () => body.evaluate(element => element.textContent!.length)
    for (const path of ['/', '/line']) {
      await page.getByLabel('Path').fill(path)
      await page.getByRole('button', { name: /Send/ }).click()
      await answer.getByText(/^The beginning: /).waitFor()
      t.ok((await length()) <= 100_000, 'no more than the beginning is laid out')
      await answer.getByRole('button', { name: 'Show all' }).click()
      await eventually(t, async () => (await length()) > 5_000_000, true)
      await eventually(t, () => body.evaluate(element => element.textContent!.slice(-6)), /end/)
      await eventually(
        t,
        () => body.evaluate(element => element === document.activeElement),
        true,
        'the text has the focus'
      )
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        answer.getByRole('button', { name: 'Download' }).first().click()
      ])
      const chunks: Buffer[] = []
      for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
      t.equal(
        Buffer.concat(chunks).toString(),
        await (await fetch(`${server.base}/fn/${id}${path}`)).text()
      )
    }
    t.same(faults, [])
  }
)

t.test('a kept answer and its event are laid out as what they are', needsBrowser, async t => {
  const { page, server, faults, api, createFunction } = await visit(t)
  const id = await createFunction(
    'Kept',
    'function handler(ctx, event)\n  return { statusCode = 201, headers = { ["Content-Type"] = "application/json", ["X-Mine"] = "yes" }, body = \'{"id":12345678901234567890,"list":[1]}\' }\nend\n'
  )
  await api(`/api/functions/${id}`, { method: 'PUT', body: { save_response: true } })
  const run =
    (
      await fetch(`${server.base}/fn/${id}`, { method: 'POST', body: '{"order":{"item":"lamp"}}' })
    ).headers.get('x-execution-id') ?? ''
  await page.goto(`${server.base}/functions/${id}/executions/${run}`)
  const answer = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Response' }) })
  await eventually(
    t,
    () => answer.locator('pre').innerText(),
    '{\n  "id": 12345678901234567890,\n  "list": [\n    1\n  ]\n}'
  )
  await answer.getByText('201', { exact: true }).waitFor()
  await answer.getByText('Headers').click()
  await answer.getByText('X-Mine', { exact: false }).waitFor()
  const event = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Event' }) })
  await eventually(
    t,
    () => event.locator('pre').last().innerText(),
    '{\n  "order": {\n    "item": "lamp"\n  }\n}'
  )
  t.same(faults, [])
})

t.test('names of 100 letters push nothing out of the page', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t)
  const name = 'x'.repeat(100)
  const id = await createFunction(name, hello)
  await fetch(`${server.base}/fn/${id}`)
  for (const width of [1280, 800, 390]) {
    await page.setViewportSize({ width, height: 800 })
    for (const path of ['/', `/functions/${id}/settings`, `/functions/${id}/executions`]) {
      await page.goto(server.base + path)
      await page.getByText(name).filter({ visible: true }).first().waitFor()
      const hidden = () =>
        page.evaluate(() => {
          const wide = [document.documentElement, ...document.querySelectorAll('.table-wrap')]
          return wide
            .filter(element => element.scrollWidth > element.clientWidth + 1)
            .map(element => element.className || element.tagName)
        })
      await eventually(t, hidden, [], `${path}, ${width} px`)
    }
  }
  t.same(faults, [])
})

t.test('code that is too long is told while it is typed', needsBrowser, async t => {
  const { page, server, faults, api, createFunction } = await visit(t)
  const id = await createFunction('Long', hello)
  // Short of the limit by less than the comment that follows.
  const code = `${hello}--${'x'.repeat(1_048_576 - hello.length - 12)}\n`
  await api(`/api/functions/${id}`, { method: 'PUT', body: { code } })
  await page.goto(`${server.base}/functions/${id}/code`)
  await (await editorOf(page)).focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.insertText('-- one more line\n')
  await page
    .getByRole('alert')
    .filter({ hasText: /at most 1,048,576 can be saved/ })
    .waitFor()
  t.equal(await page.getByRole('button', { name: /^Save/ }).isDisabled(), true)
  for (let steps = 0; steps < 4; steps++) await page.keyboard.press('Control+z')
  await page.getByText('at most 1,048,576').waitFor({ state: 'hidden' })
  t.same(faults, [])
})

/** Runs in the page: how long it had been quiet, in milliseconds, whenever code was checked. */
function watchChecks(): void {
  let pressed = 0
  const quiet: number[] = []
  const send = fetch
  Object.assign(globalThis, {
    quiet,
    fetch(...given: Parameters<typeof fetch>) {
      if (String(given[0]).includes('/api/check') && pressed > 0) {
        quiet.push(performance.now() - pressed)
      }
      return send(...given)
    }
  })
  addEventListener(
    'keydown',
    () => {
      pressed = performance.now()
    },
    true
  )
}

t.test(
  'nothing is marked as wrong before there was a pause, and a mark goes as soon as one types on',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Typing', hello)
    await page.addInitScript(watchChecks)
    await page.goto(`${server.base}/functions/${id}/code`)
    await editorOf(page)
    await page.getByText('No syntax errors').waitFor()
    await replaceCode(page, 'local x')
    await page.keyboard.type(' = (', { delay: 400 })
    const marks = page.locator('.editor-error-line')
    await marks.first().waitFor()
    const quiet = await page.evaluate(() => (globalThis as unknown as { quiet: number[] }).quiet)
    t.ok(
      quiet.length > 0 && quiet.every(length => length >= 999),
      `quiet for ${quiet.join(', ')} ms`
    )
    await page.keyboard.type('1')
    await marks.first().waitFor({ state: 'detached' })
    t.same(faults, [])
  }
)
