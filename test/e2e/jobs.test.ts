/** Calls in the background: what failed for good, run again, cancelled and discarded in the dashboard. */
import t, { type Test } from 'tap'
import { eventually } from '../helpers/eventually.js'
import { needsBrowser, said, visit, type Visit } from './browser.js'

/** Refuses the event for good until it is told otherwise. */
const picky = `function handler(ctx, event)
  if kv.get("ok") == nil then return { statusCode = 422, body = "not yet" } end
  return { statusCode = 200, body = event.body }
end
`

/** Calls the function in the background, and gives the id of the job. */
async function enqueue(
  { server }: Visit,
  id: string,
  headers: Record<string, string> = {}
): Promise<string> {
  const response = await fetch(`${server.base}/fn/${id}/orders?n=1`, {
    method: 'POST',
    headers: { prefer: 'respond-async', ...headers },
    body: '{"order":1042}'
  })
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
  return ((await response.json()) as { job_id: string }).job_id
}

const statusOf = async ({ api }: Visit, job: string) =>
  (await api<{ status: string }>(`/api/jobs/${job}`)).status
const becomes = (t: Test, all: Visit, job: string, status: string) =>
  eventually(t, () => statusOf(all, job), status)
const allow = ({ api }: Visit, id: string) =>
  api(`/api/functions/${id}/kv/ok`, { method: 'PUT', body: true })

t.test('a job that failed for good is looked into and run again', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults } = all
  const id = await all.createFunction('Picky', picky)
  const job = await enqueue(all, id)
  await becomes(t, all, job, 'dead')
  await page.goto(server.base)
  await page.getByRole('link', { name: 'Jobs' }).click()
  const row = page.locator('tbody tr')
  await row.getByText('Failed for good').waitFor()
  await row.getByText('A response that another attempt would not change').waitFor()
  await row.getByRole('link', { name: 'Picky' }).click()
  await page.waitForURL(`**/jobs/${job}`)
  await page.getByText('"order\\":1042').or(page.getByText('1042')).first().waitFor()

  await page.getByRole('link', { name: 'Attempt 1' }).click()
  await page.getByRole('heading', { name: 'Execution' }).waitFor()
  await page.getByRole('link', { name: 'Attempt 1' }).click()
  await page.waitForURL(`**/jobs/${job}`)

  await allow(all, id)
  const again = page.getByRole('button', { name: 'Run again' })
  await page.getByLabel('With version').fill('9')
  await again.click()
  await said(t, page, 'the function has no version 9')
  await page.getByLabel('With version').fill('1')
  await again.click()
  await said(t, page, 'The job runs again')
  await page.getByText('Succeeded').waitFor()
  await page.getByRole('link', { name: 'Attempt 1' }).nth(1).waitFor()
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await page.getByText('There are no jobs').waitFor()
  t.same(
    faults.filter(fault => !fault.includes('status of 400')),
    []
  )
})

t.test(
  'jobs are filtered, marked, run again together, cancelled and discarded',
  needsBrowser,
  async t => {
    const all = await visit(t)
    const { page, server, faults, api } = all
    const first = await all.createFunction('First', picky)
    const second = await all.createFunction('Second', picky)
    const dead = [await enqueue(all, first), await enqueue(all, first), await enqueue(all, second)]
    for (const job of dead) await becomes(t, all, job, 'dead')
    const later = await enqueue(all, second, { 'moonlet-delay': '3600' })
    await page.goto(`${server.base}/jobs`)
    const rows = page.locator('tbody tr')
    await eventually(t, () => rows.count(), 4)
    await page.getByLabel('Status').selectOption('Failed for good')
    await eventually(t, () => rows.count(), 3)
    await page.getByLabel('Function').selectOption('First')
    await eventually(t, () => rows.count(), 2)
    t.match(page.url(), `status=dead&function_id=${first}`)

    await allow(all, first)
    await rows.first().getByRole('checkbox').check()
    await page.getByText('1 selected').waitFor()
    const version = page.getByLabel('With version')
    await version.fill('9')
    await page.getByRole('button', { name: 'Run again', exact: true }).click()
    await said(t, page, 'has no version 9')
    await version.fill('1')
    await page.getByRole('button', { name: 'Run again', exact: true }).click()
    await said(t, page, '1 job runs again')
    await eventually(t, () => rows.count(), 1)
    t.equal(await version.inputValue(), '', 'a version is chosen for one time')
    await version.fill('1')
    await page.getByRole('button', { name: 'Run all again' }).click()
    await page.getByRole('dialog').getByText('with version 1 and').waitFor()
    await page.getByRole('dialog').getByText('Run 1 job again?').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Run all again' }).click()
    await page.getByText('No job matches').waitFor()
    for (const job of dead.slice(0, 2)) await becomes(t, all, job, 'succeeded')
    t.match(await api(`/api/jobs/${dead[0]}`), { version: 1 })
    t.equal(await statusOf(all, dead[2]!), 'dead', 'that of another function stays')

    await page.goBack()
    await page.goto(`${server.base}/jobs?function_id=${second}`)
    await eventually(t, () => rows.count(), 2)
    await rows.filter({ hasText: 'Queued' }).getByRole('link').click()
    await page.getByRole('button', { name: 'Cancel the job' }).click()
    await said(t, page, 'It is not tried again')
    await page.getByText('Cancelled').waitFor()
    t.equal(await statusOf(all, later), 'cancelled')
    await page.getByRole('link', { name: 'All jobs' }).click()
    await eventually(t, () => rows.count(), 4)
    await page.getByRole('checkbox', { name: 'Select all' }).check()
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await said(t, page, '4 jobs have been discarded')
    await page.getByText('There are no jobs').waitFor()
    t.match(await api('/api/jobs'), { jobs: [], pagination: { total: 0 } })
    t.same(
      faults.filter(fault => !fault.includes('status of 400')),
      []
    )
  }
)

t.test('the retry policy of a function is one of its settings', needsBrowser, async t => {
  const all = await visit(t)
  const { page, server, faults, api } = all
  const id = await all.createFunction('Retried', picky)
  await page.goto(`${server.base}/functions/${id}/settings`)
  const card = page.locator('form').filter({ has: page.getByRole('heading', { name: 'Retries' }) })
  await card
    .getByText('Delays between the attempts: 10 s, 30 s, 1 min 30 s, and 4 min 30 s.')
    .waitFor()
  await card.getByLabel('A policy of its own').check({ force: true })
  await card.getByLabel('Maximum attempts').fill('3')
  await card.getByLabel('First delay (seconds)').fill('0.5')
  await card.getByLabel('Backoff factor').fill('0')
  await card.getByRole('button', { name: 'Save' }).click()
  await card.getByText('factor must be a number from 1 to 100').waitFor()
  await card.getByLabel('Backoff factor').and(page.locator(':focus')).waitFor()
  await card.getByLabel('Backoff factor').fill('')
  await card.getByText('Delays between the attempts: 500 ms and 1.5 s.').waitFor()
  await card.getByRole('button', { name: 'Save' }).click()
  await said(t, page, 'Changes saved')
  const retryNow = async () => (await api<{ retry?: object }>(`/api/functions/${id}`)).retry
  t.same(await retryNow(), {
    max_attempts: 3,
    first_delay_seconds: 0.5,
    factor: 3,
    max_delay_seconds: 3600,
    jitter: 0.1
  })
  await card.getByLabel('A policy of its own').uncheck({ force: true })
  await card.getByRole('button', { name: 'Save' }).click()
  await eventually(t, retryNow, undefined)
  await card.getByRole('link', { name: 'Its jobs' }).click()
  await page.getByText('No job matches').waitFor()
  t.same(
    faults.filter(fault => !fault.includes('status of 400')),
    []
  )
})
