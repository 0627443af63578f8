/** Alerts: rules made in the dashboard, tried, and seen to fire. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, said, visit } from './browser.js'

const failing = 'function handler(ctx, event)\n  error("out of order")\nend\n'

/** Somebody who is told; `answer` is the status that they answer with. */
async function startReceiver(t: Test) {
  const told: Array<{ status: string }> = []
  const receiver = { told, answer: 200, url: '' }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (receiver.answer === 200) {
        told.push(JSON.parse(Buffer.concat(chunks).toString()) as { status: string })
      }
      response.writeHead(receiver.answer).end()
    })
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => server.close())
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=secret`
  return receiver
}

t.test('an alert is made, tried, fires, is changed and deleted', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults, api } = all
  const receiver = await startReceiver(t)
  const id = await all.createFunction('Shop', failing)
  await page.goto(server.base)
  await page.getByRole('link', { name: 'Alerts' }).click()
  await page.getByText('There are no alerts yet').waitFor()
  await page.getByRole('button', { name: 'New alert' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('shop fails')
  await dialog.getByLabel('Function', { exact: true }).selectOption('Shop')
  await dialog.getByLabel('How many times').fill('2')
  await dialog.getByLabel('Address').fill('nowhere')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('url must be an http or https address').waitFor()
  await dialog.getByLabel('Address').and(page.locator(':focus')).waitFor()
  await dialog.getByLabel('Address').fill(receiver.url)
  await dialog.getByLabel('Headers to send').fill('X-Token: hidden')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await said(t, page, 'The alert has been saved')
  const row = page.locator('li').filter({ hasText: 'shop fails' })
  await row.getByText('Executions fail · 2 within 5 minutes · Shop').waitFor()
  await row.getByText('OK', { exact: true }).waitFor()

  await row.getByRole('button', { name: 'Send a test' }).click()
  await said(t, page, 'A test of “shop fails” is on its way')
  t.equal(receiver.told.at(-1)?.status, 'test')
  receiver.answer = 500
  await row.getByRole('button', { name: 'Send a test' }).click()
  await said(t, page, '500')
  receiver.answer = 200

  for (const call of [1, 2]) await fetch(`${server.base}/fn/${id}?call=${call}`)
  await row.getByText('Firing', { exact: true }).waitFor()
  await eventually(t, () => receiver.told.at(-1)?.status, 'firing')

  await row.getByRole('button', { name: 'Edit' }).click()
  t.notMatch(await dialog.getByLabel('Address').inputValue(), /secret/)
  await dialog.getByLabel('Name').fill('shop is closed')
  await dialog.getByLabel('Minutes between messages').fill('30')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const renamed = page.locator('li').filter({ hasText: 'shop is closed' })
  await renamed.waitFor()
  await renamed.getByRole('button', { name: 'Send a test' }).click()
  await said(t, page, 'A test of “shop is closed” is on its way')
  t.equal(receiver.told.at(-1)?.status, 'test', 'the hidden address is kept')

  await renamed.getByRole('button', { name: 'Turn “shop is closed” off' }).click()
  await renamed.getByText('Off', { exact: true }).waitFor()
  await renamed.getByRole('button', { name: 'Delete “shop is closed”' }).click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('There are no alerts yet').waitFor()
  t.match(await api('/api/alerts'), { pagination: { total: 0 } })
  t.same(
    faults.filter(fault => !fault.includes('status of 400')),
    []
  )
})

t.test('a rule asks for what its kind and its target need', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults, api } = all
  await all.createFunction('Pager', failing)
  await page.goto(`${server.base}/alerts`)
  await page.getByRole('button', { name: 'New alert' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('disk')
  await dialog.getByLabel('When').selectOption('The disk is nearly full')
  await dialog.getByLabel('How many times').waitFor({ state: 'hidden' })
  await dialog.getByLabel('Free space below (MB)').fill('2048')
  await dialog.getByLabel('Send to').selectOption('A mailbox')
  await dialog.getByLabel('Addresses').fill('ada@example.org')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('SMTP_URL', { exact: false }).nth(1).waitFor()
  await dialog.getByLabel('Send to').selectOption('A function')
  await dialog.getByLabel('Function to call').selectOption('Pager')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const row = page.locator('li').filter({ hasText: 'disk' })
  await row.getByText('The disk is nearly full · less than 2 GB free').waitFor()
  await row.getByText('Function Pager').waitFor()
  t.match(await api('/api/alerts'), {
    alerts: [{ on: 'disk_low', min_free_mb: 2048, target: { kind: 'function' } }]
  })
  t.same(
    faults.filter(fault => !fault.includes('status of 400')),
    []
  )
})
