/**
 * Takes the README's pictures from a seeded server: `npm run build -- --tests && node dist/test/e2e/screenshots.js`.
 * Not a test by itself; it uses the tests' browser and server.
 */
import t from 'tap'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { editorOf, needsBrowser, visit, type Visit } from './browser.js'

const folder = 'public/screenshots'
const template = (name: string) => readFile(`public/templates/${name}.lua`, 'utf8')

const intake = `-- Takes orders from the shop and puts them in line.
local function total(items)
  local sum = 0
  for _, item in ipairs(items) do
    sum = sum + item.price * item.amount
  end
  return sum
end

function handler(ctx, event)
  local order = json.decode(event.body)
  log.info("Order " .. order.id .. " from " .. order.customer.name)

  local position = kv.increment("orders")
  kv.set("order:" .. order.id, event.body)
  log.debug("Total " .. total(order.items) .. " EUR")

  return {
    statusCode = 201,
    headers = { ["Content-Type"] = "application/json" },
    body = json.encode({ position = position, total = total(order.items) })
  }
end
`
const order = {
  id: 1042,
  customer: { name: 'Ada' },
  items: [
    { price: 12.5, amount: 2 },
    { price: 4, amount: 1 }
  ]
}

/** Functions as a small shop would have them, with some runs of each. Gives the id of the first. */
async function seed({ api, server, createFunction }: Visit): Promise<string> {
  const describe = (id: string, change: object) =>
    api(`/api/functions/${id}`, { method: 'PUT', body: change })
  const call = (id: string, body = '') => fetch(`${server.base}/fn/${id}`, { method: 'POST', body })
  for (const [name, file, description, schedule] of [
    ['Feedback triage', 'ai', 'Sorts feedback with a language model', ''],
    ['Weather card', 'page', 'A card for the screen in the lobby', ''],
    ['Nightly report', 'scheduled', 'Gathers the numbers of the day', '0 6 * * *'],
    ['Payment webhook', 'webhook', 'Checks the signature, then books the payment', ''],
    ['Notes', 'rest', 'A small REST API', '']
  ] as const) {
    const id = await createFunction(name, await template(file))
    await describe(id, {
      description,
      ...(schedule === '' ? {} : { cron_schedule: schedule, cron_status: 'active' })
    })
    if (file !== 'ai') await call(id)
  }
  const id = await createFunction(
    'Order intake',
    intake.replace('kv.increment("orders")', 'tonumber(kv.get("orders") or 0) + 1')
  )
  await describe(id, {
    description: 'Takes orders from the shop and puts them in line',
    code: intake,
    save_response: true
  })
  for (let number = 1030; number < 1042; number++) {
    await call(
      id,
      JSON.stringify(number % 5 === 0 ? { id: number, items: [] } : { ...order, id: number })
    )
  }
  return id
}

async function take(page: Page, name: string): Promise<void> {
  await page.locator('.toast').first().waitFor({ state: 'detached' })
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled', caret: 'hide' })
}

t.test('the pictures of the README', needsBrowser, async t => {
  const all = await visit(t, { colorScheme: 'light' })
  const { page, server } = all
  const id = await seed(all)
  const open = (path: string) => page.goto(server.base + path)

  await open('/')
  await page.getByRole('link', { name: 'Order intake' }).waitFor()
  await take(page, 'functions')

  await open(`/functions/${id}/code`)
  await editorOf(page)
  await page.locator('.view-line').nth(9).waitFor()
  await page.getByLabel('Method').selectOption('POST')
  await page.getByLabel('Body').fill(JSON.stringify(order))
  await page.getByRole('button', { name: /Run draft/ }).click()
  // The draft writes, so the page asks once.
  await page.getByRole('dialog').getByRole('button', { name: 'Run draft' }).click()
  await page.getByLabel('Run and reference').getByText('201').waitFor()
  await take(page, 'code')

  await page.emulateMedia({ colorScheme: 'dark' })
  await page.evaluate(
    ([name, code]) => {
      localStorage.setItem(name!, JSON.stringify(code))
    },
    [`moonlet.draft.${id}`, intake.replace('order.customer.name', 'order.buyer.name')]
  )
  await page.reload()
  await editorOf(page)
  await page.locator('.view-line').filter({ hasText: 'order.buyer.name' }).waitFor()
  await page.getByRole('button', { name: /Run draft/ }).click()
  await page.locator('.editor-error-line').waitFor()
  await take(page, 'draft-error')
  await page.evaluate(() => {
    localStorage.clear()
  })

  await open(`/functions/${id}/executions`)
  await page.getByText('Live: new executions').waitFor()
  await take(page, 'executions')
  await page
    .getByText(/attempt to index/)
    .first()
    .click()
  await page.locator('.code-line.is-failing').waitFor()
  await take(page, 'execution')

  await page.emulateMedia({ colorScheme: 'light' })
  await open(`/functions/${id}/versions`)
  await page.getByRole('button', { name: 'Compare version 1' }).click()
  await page.locator('.monaco-diff-editor .line-insert').first().waitFor()
  await take(page, 'versions')

  await page.setViewportSize({ width: 375, height: 740 })
  await open(`/functions/${id}/test`)
  await page.getByLabel('Method').selectOption('POST')
  await page.getByLabel('Body', { exact: true }).fill(JSON.stringify(order))
  await page.getByRole('button', { name: /Send/ }).click()
  await page.getByText('201').waitFor()
  await take(page, 'phone')
})
