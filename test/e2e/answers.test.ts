import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, said, visit } from './browser.js'

const kinds = `function handler(ctx, event)
  local as = function(kind, body) return { statusCode = 200, headers = { ["Content-Type"] = kind }, body = body } end
  if event.relativePath == "/page" then
    return as("text/html", "<!doctype html><style>h1{color:rgb(1,2,3)}</style><h1>Sandboxed</h1><script>document.title='ran'</script><img src=x onerror=\\"document.title='ran'\\">")
  elseif event.relativePath == "/image" then
    return as("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><circle cx="10" cy="10" r="9"/></svg>')
  elseif event.relativePath == "/bytes" then
    return as("application/octet-stream", string.char(0, 1, 254, 255))
  end
  log.debug("echo")
  return as("application/json", json.encode({ method = event.method, body = event.body, header = event.headers["X-Mine"], a = event.query.a }))
end
`

t.test('a page is shown in a frame where its scripts do not run', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t)
  const id = await createFunction('Kinds', kinds)
  await page.goto(`${server.base}/functions/${id}/test`)
  await page.getByLabel('Path').fill('/page')
  await page.getByRole('button', { name: /Send/ }).click()
  const frame = page.frameLocator('iframe.page-preview')
  await frame.getByRole('heading', { name: 'Sandboxed' }).waitFor()
  await eventually(
    t,
    () => frame.locator('h1').evaluate(element => getComputedStyle(element).color),
    'rgb(1, 2, 3)',
    'its styles count'
  )
  // Once its picture has failed, whatever would run has run.
  await eventually(
    t,
    () => frame.locator('img').evaluate(element => (element as HTMLImageElement).complete),
    true
  )
  t.not(await frame.locator('h1').evaluate(element => element.ownerDocument.title), 'ran')
  t.equal(
    await frame.locator('h1').evaluate(() => globalThis.origin),
    'null',
    'it has an origin of its own'
  )
  await page.getByRole('button', { name: 'Text', exact: true }).click()
  await page.getByText('<h1>Sandboxed</h1>').waitFor()
})

t.test('pictures are shown, and bytes as hex', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t)
  const id = await createFunction('Kinds', kinds)
  await page.goto(`${server.base}/functions/${id}/test`)
  await page.getByLabel('Path').fill('/image')
  await page.getByRole('button', { name: /Send/ }).click()
  const image = page.getByRole('img', { name: 'The image that the function returned' })
  await image.waitFor()
  await eventually(
    t,
    () => image.evaluate(element => (element as HTMLImageElement).naturalWidth),
    20
  )
  await page.getByLabel('Path').fill('/bytes')
  await page.getByRole('button', { name: /Send/ }).click()
  await page.getByText('000000 00 01 fe ff').waitFor()
  t.same(faults, [])
})

t.test(
  'method, query, headers and body arrive, JSON is laid out, and the request is kept',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction } = await visit(t)
    const id = await createFunction('Kinds', kinds)
    await page.goto(`${server.base}/functions/${id}/test`)
    await page.getByLabel('Method').selectOption('PUT')
    await page.getByRole('button', { name: 'Add parameter' }).click()
    await page.getByRole('group', { name: 'Query parameters' }).getByLabel('Name').fill('a')
    await page.getByRole('group', { name: 'Query parameters' }).getByLabel('Value').fill('1 & 2')
    await page.getByRole('button', { name: 'Add header' }).click()
    await page.getByRole('group', { name: 'Headers' }).getByLabel('Name').fill('X-Mine')
    await page.getByRole('group', { name: 'Headers' }).getByLabel('Value').fill('yes')
    await page.getByLabel('Body', { exact: true }).fill('hello')
    await page.keyboard.press('Control+Enter')
    const answer = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Response' }) })
    await answer.getByText('"method": "PUT"').waitFor()
    const shown = async () => JSON.parse(await answer.locator('pre').first().innerText()) as unknown
    await eventually(
      t,
      shown,
      { method: 'PUT', body: 'hello', header: 'yes', a: '1 & 2' },
      'what the function was called with'
    )
    await answer.getByText('echo', { exact: true }).waitFor()
    await eventually(
      t,
      () => page.getByRole('group', { name: 'Call it from elsewhere' }).last().innerText(),
      /curl -X PUT/
    )

    await page.reload()
    await eventually(t, () => page.getByLabel('Method').inputValue(), 'PUT')
    await eventually(t, () => page.getByLabel('Recent requests').locator('option').count(), 2)
    t.same(faults, [])
  }
)

t.test('executions are filtered, paused and run again', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t)
  const id = await createFunction(
    'Filters',
    'function handler(ctx, event)\n  log.info("needle " .. event.relativePath)\n  if event.relativePath == "/bad" then error("went wrong") end\n  return { statusCode = 200, body = "" }\nend\n'
  )
  await fetch(`${server.base}/fn/${id}/good`)
  await fetch(`${server.base}/fn/${id}/bad`)
  await page.goto(`${server.base}/functions/${id}/executions`)
  const rows = page.locator('tbody tr')
  await rows.nth(1).waitFor()
  await page.getByLabel('Status').selectOption('error')
  await rows.nth(1).waitFor({ state: 'detached' })
  await page.getByText('went wrong').waitFor()
  await page.getByLabel('Status').selectOption('')
  await rows.nth(1).waitFor()
  await page.getByRole('searchbox', { name: 'Search errors and logs' }).fill('needle /good')
  await rows.nth(1).waitFor({ state: 'detached' })
  await page.getByRole('searchbox', { name: 'Search errors and logs' }).fill('')
  await rows.nth(1).waitFor()

  await page.getByText('Live: new executions').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await fetch(`${server.base}/fn/${id}/good`)
  await page.getByText('Paused, 1 new execution').waitFor()
  t.equal(await rows.count(), 2)
  await page.getByRole('button', { name: 'Resume' }).click()
  await rows.nth(2).waitFor()

  await page.getByText('went wrong').click()
  await page.getByRole('button', { name: 'Run again with this event' }).click()
  await said(t, page, 'It ran again')
  await page.locator('dd').filter({ hasText: 'Run again' }).waitFor()
  await eventually(
    t,
    () => page.locator('section').filter({ hasText: 'Event' }).last().innerText(),
    /\/bad/
  )
  t.same(faults, [])
})
