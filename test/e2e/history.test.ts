import t from 'tap'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { eventually } from '../helpers/eventually.js'
import { editorOf, hello, needsBrowser, said, visit, type Visit } from './browser.js'

const focused = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      document.activeElement?.getAttribute('aria-label') ??
      document.activeElement?.textContent?.trim() ??
      ''
  )

const save = (api: Visit['api'], id: string, code: string) =>
  api(`/api/functions/${id}`, { method: 'PUT', body: { code } })
const call = async (server: Visit['server'], id: string) =>
  (await fetch(`${server.base}/fn/${id}`)).headers.get('x-execution-id') ?? ''

t.test(
  'the comparison closes with a version that is deleted, and the focus stays in the list',
  needsBrowser,
  async t => {
    const { page, server, api, createFunction } = await visit(t)
    const id = await createFunction('Versions', hello)
    for (const name of ['two', 'three', 'four']) await save(api, id, `-- ${name}\n${hello}`)
    await page.goto(`${server.base}/functions/${id}/versions?older=2&newer=4`)
    const comparison = page.getByRole('region', { name: 'Compare versions' })
    await comparison.getByText('-- two').waitFor()
    await page.getByRole('button', { name: 'Delete version 2' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await comparison.waitFor({ state: 'hidden' })
    await eventually(t, () => focused(page), 'View version 1')
    t.equal(new URL(page.url()).search, '')

    await page.getByRole('button', { name: 'Activate version 3' }).click()
    await said(t, page, 'Version 3 is active')
    await eventually(t, () => focused(page), 'View version 3')

    await page.goto(`${server.base}/functions/${id}/versions?older=2&newer=4`)
    await said(t, page, 'not found')
    await comparison.waitFor({ state: 'hidden' })
  }
)

t.test('an old version is viewed alone, and runs as a draft', needsBrowser, async t => {
  const { page, server, faults, api, createFunction } = await visit(t)
  const id = await createFunction(
    'Versions',
    'function handler() return { body = "the first" } end'
  )
  await save(api, id, hello)
  await page.goto(`${server.base}/functions/${id}/versions`)
  await page.getByRole('button', { name: 'View version 1' }).click()
  await page.getByRole('heading', { name: 'Version 1' }).waitFor()
  await page.getByText('"the first"').waitFor()
  t.equal(new URL(page.url()).search, '?view=1')
  await page.reload()
  await page.getByText('"the first"').waitFor()
  await page.getByRole('button', { name: 'Open as draft' }).click()
  await editorOf(page)
  await page.getByRole('button', { name: 'Run draft' }).click()
  await page.getByLabel('Response').getByText('the first').waitFor()
  t.match(
    await api(`/api/functions/${id}`),
    { active_version: { version: 2 } },
    'nothing was saved'
  )
  t.same(faults, [])
})

t.test(
  'the code of a failed run opens at the failing line, also in a version that is not active any more',
  needsBrowser,
  async t => {
    const { page, server, faults, api, createFunction } = await visit(t)
    const lines = Array.from({ length: 120 }, (_, n) => `-- line ${n + 1}`)
    const id = await createFunction(
      'Failing',
      `${lines.join('\n')}\nfunction handler()\n  error("here it fails")\nend\n`
    )
    const execution = await call(server, id)
    await page.goto(`${server.base}/functions/${id}/executions/${execution}`)
    await page.getByRole('link', { name: 'Open the code' }).click()
    await page.locator('.workbench').getByText('"here it fails"').waitFor()
    t.equal(new URL(page.url()).search, '?line=122')

    await save(api, id, hello)
    await page.goto(`${server.base}/functions/${id}/executions/${execution}`)
    await page.getByRole('link', { name: 'Open the code' }).click()
    await page.getByRole('heading', { name: 'Version 1' }).waitFor()
    await page.getByText('"here it fails"').waitFor()
    t.same(faults, [])
  }
)

t.test('all log lines are shown at once, searched and downloaded', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t)
  const id = await createFunction(
    'Talker',
    'function handler() for i = 1, 530 do log.info("line " .. i .. ".") end return { body = "" } end'
  )
  await page.goto(`${server.base}/functions/${id}/executions/${await call(server, id)}`)
  const logs = page.getByRole('region', { name: 'Logs' })
  await eventually(t, () => logs.locator('li').count(), 100)
  await logs.getByRole('searchbox').fill('LINE 517.')
  await eventually(
    t,
    () =>
      logs
        .locator('li')
        .allInnerTexts()
        .then(all => all.join()),
    /^[^,]*line 517\.$/
  )
  t.equal(new URL(page.url()).search, '?search=LINE+517.')
  await logs.getByRole('searchbox').fill('')
  await eventually(t, () => logs.locator('li').count(), 530)
  await eventually(t, async () => new URL(page.url()).search, '')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    logs.getByRole('button', { name: 'Download' }).click()
  ])
  const text = await readFile(await download.path(), 'utf8')
  t.equal(text.trimEnd().split('\n').length, 530)
  t.match(text, /Z info line 530\.\n$/)

  await page.reload()
  await logs.getByRole('button', { name: 'Show all' }).click()
  await eventually(t, () => logs.locator('li').count(), 530)
  t.same(faults, [])
})

t.test('timeouts and lack of memory are filtered apart', needsBrowser, async t => {
  const { page, server, faults, createFunction } = await visit(t, {
    settings: { EXECUTION_TIMEOUT: '4', SANDBOX_MEMORY_MB: '64' }
  })
  const id = await createFunction(
    'Failing',
    `function handler(ctx, event)
  if event.query.what == "loop" then while true do end end
  if event.query.what == "fill" then local s = ("x"):rep(2 ^ 20) while true do s = s .. s end end
  error("no")
end`
  )
  for (const what of ['loop', 'fill', 'fail']) await fetch(`${server.base}/fn/${id}?what=${what}`)
  await page.goto(`${server.base}/functions/${id}/executions`)
  const rows = page.locator('tbody tr')
  await eventually(t, () => rows.count(), 3)
  await page.getByLabel('Status').selectOption('timeout')
  await eventually(t, () => rows.count(), 1)
  t.match(await rows.first().innerText(), /time/i)
  t.equal(new URL(page.url()).search, '?status=timeout')
  await page.getByLabel('Status').selectOption('memory')
  await eventually(
    t,
    () => rows.allInnerTexts().then(all => (all.length === 1 ? all.join() : '')),
    /memory/i
  )
  await page.reload()
  await eventually(
    t,
    () => rows.allInnerTexts().then(all => (all.length === 1 ? all.join() : '')),
    /memory/i
  )
  t.same(faults, [])
})
