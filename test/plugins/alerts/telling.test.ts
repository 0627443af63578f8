/** Functions that fail, and receivers that are told. */
import t from 'tap'
import { buildApi } from '../../helpers/api.js'
import { temporaryFolder } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { startReceiver } from './receivers.js'
import { alertOf, createAlert, webhook } from './support.js'

const failing =
  'function handler(ctx, event)\n  error("broken: " .. (env.get("TOKEN") or ""))\nend\n'

t.test('a function that fails a thousand times is told once, with its error masked', async t => {
  const receiver = await startReceiver(t)
  const api = await buildApi(t)
  const id = await api.create({ name: 'shop', code: failing })
  await api.call('PUT', `/api/functions/${id}/env`, { env_vars: { TOKEN: 'a-very-secret-value' } })
  const alert = await createAlert(api, {
    on: 'failure',
    function_id: id,
    target: webhook(`${receiver.url}/hook`)
  })
  const good = await api.create()
  await api.call('GET', `/fn/${good}`)
  for (let i = 0; i < 20; i++) {
    await Promise.all(Array.from({ length: 50 }, () => api.call('GET', `/fn/${id}`)))
  }
  await eventually(t, async () => (await alertOf(api, alert)).count, 1000)
  await eventually(t, () => receiver.received.length, 1)
  const [{ json, path }] = receiver.received as [(typeof receiver.received)[0]]
  t.equal(path, '/hook')
  t.match(json, {
    alert: { id: alert, name: 'an alert' },
    on: 'failure',
    status: 'firing',
    title: '"shop" failed',
    function_id: id,
    function_name: 'shop',
    count: 1,
    url: `http://localhost:0/functions/${id}/executions/${json.execution_id}`
  })
  t.match(json.text, /broken/)
  t.notMatch(json.text, /a-very-secret-value/)
  const shown = await alertOf(api, alert)
  t.match(shown, { state: 'firing', last_sent_at: Number, last_delivered_at: Number })
  t.equal(shown.last_error, undefined)
})

t.test('answers from 500 on are failures, others are not, nor are drafts', async t => {
  const receiver = await startReceiver(t)
  const api = await buildApi(t)
  const id = await api.create({
    code: 'function handler(ctx, event) return { statusCode = tonumber(event.query.s) } end'
  })
  await createAlert(api, { on: 'failure', threshold: 2, target: webhook(receiver.url) })
  await api.call('POST', `/api/functions/${id}/draft`, { code: failing, event: { method: 'GET' } })
  await api.call('GET', `/fn/${id}?s=404`)
  await api.call('GET', `/fn/${id}?s=500`)
  await api.call('GET', `/fn/${id}?s=499`)
  t.equal(receiver.received.length, 0)
  await api.call('GET', `/fn/${id}?s=503`)
  await eventually(t, () => receiver.received.map(({ json }) => json.text as unknown), [
    'It answered 503.'
  ])
})

t.test('a rule of one function hears nothing of others, and one that is off nothing', async t => {
  const receiver = await startReceiver(t)
  const api = await buildApi(t)
  const [quiet, loud] = [await api.create(), await api.create({ name: 'loud', code: failing })]
  await createAlert(api, { on: 'failure', function_id: quiet, target: webhook(receiver.url) })
  await createAlert(api, { on: 'failure', enabled: false, target: webhook(receiver.url) })
  const last = await createAlert(api, { on: 'failure', target: webhook(receiver.url) })
  await api.call('GET', `/fn/${loud}`)
  await eventually(t, () => receiver.received.length, 1)
  t.equal(receiver.received[0]?.json.alert.id, last)
})

t.test('a target that fails is shown, tried again, and told after a restart', async t => {
  const receiver = await startReceiver(t)
  const DATA_DIR = await temporaryFolder(t)
  const first = await buildApi(t, { DATA_DIR })
  const id = await first.create({ code: failing })
  receiver.status = 500
  const alert = await createAlert(first, { on: 'failure', target: webhook(receiver.url) })
  await first.call('GET', `/fn/${id}`)
  await eventually(
    t,
    async () => (await alertOf(first, alert)).last_error as unknown,
    'the webhook answered 500'
  )
  await first.app.close()
  receiver.status = 200
  const second = await buildApi(t, { DATA_DIR })
  await second.app.ready()
  t.match(await alertOf(second, alert), { state: 'firing', count: 1 })
  await second.call('GET', `/fn/${id}`)
  await eventually(t, () => receiver.received.length, 2)
  await eventually(t, async () => (await alertOf(second, alert)).last_error as unknown, undefined)
  t.match(receiver.received[1]?.json, { status: 'firing', count: 1 }, 'the message of before')
})

t.test('a function is called by a job, and what becomes of that is shown', async t => {
  const api = await buildApi(t)
  const told = await api.create({
    name: 'told',
    retry: { first_delay_seconds: 0, max_attempts: 2 },
    code: `function handler(ctx, event)
  kv.setGlobal("told", ctx.trigger .. " " .. event.method .. " " .. event:header("content-type"))
  local alert = event:json()
  if alert.status ~= "test" then error("cannot tell " .. alert.title) end
  return {}
end`
  })
  const id = await api.create({ name: 'shop', code: failing })
  const alert = await createAlert(api, {
    on: 'failure',
    target: { kind: 'function', function_id: told }
  })
  await createAlert(api, { on: 'job_dead', target: { kind: 'function', function_id: told } })
  const { json } = await api.call('POST', `/api/alerts/${alert}/test`)
  t.match(json, { sent: true, job_id: String })
  await eventually(
    t,
    async () => (await api.call('GET', `/api/jobs/${json.job_id}`)).json.status as unknown,
    'succeeded'
  )
  t.equal((await api.call('GET', '/api/kv/told')).text, 'alert POST application/json')
  await api.call('GET', `/fn/${id}`)
  await eventually(
    t,
    async () => (await alertOf(api, alert)).last_error as unknown,
    /cannot tell "shop" failed/
  )
  await eventually(
    t,
    async () => (await api.call('GET', '/api/jobs?status=dead')).json.pagination.total as unknown,
    1
  )
  t.equal(
    (await api.call('GET', '/api/jobs')).json.pagination.total,
    2,
    'a function that is told of alerts makes no alerts for itself'
  )
})

t.test('a job that is dead is told', async t => {
  const receiver = await startReceiver(t)
  const api = await buildApi(t)
  const id = await api.create({ name: 'mailer', code: failing, retry: { max_attempts: 1 } })
  await createAlert(api, { on: 'job_dead', target: webhook(receiver.url, { format: 'slack' }) })
  await api.call('POST', `/fn/${id}`, 'x', { prefer: 'respond-async' })
  await eventually(t, () => receiver.received.length, 1)
  t.match(receiver.received[0]?.json.text, /A job of "mailer" failed for good\n.*broken/)
})

t.test('calls that are turned away are told', async t => {
  const receiver = await startReceiver(t)
  const api = await buildApi(t, { SANDBOX_MAX: '1', QUEUE_LIMIT: '1' })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const id = await api.create({
    code: 'function handler() time.sleep(300) return { body = "ok" } end'
  })
  await createAlert(api, { on: 'queue_full', function_id: id, target: webhook(receiver.url) })
  const { port } = api.app.server.address() as { port: number }
  const calls = Array.from({ length: 8 }, () => fetch(`http://127.0.0.1:${port}/fn/${id}`))
  const statuses = (await Promise.all(calls)).map(({ status }) => status)
  t.ok(statuses.includes(503), statuses.join())
  await eventually(t, () => receiver.received.length, 1)
  t.match(receiver.received[0]?.json, { on: 'queue_full', title: /Calls are turned away/ })
})

t.test('background calls for which there is no room are told too', async t => {
  const receiver = await startReceiver(t)
  const api = await buildApi(t, { JOBS_WAITING: '1' })
  const id = await api.create()
  await createAlert(api, { on: 'queue_full', function_id: id, target: webhook(receiver.url) })
  const later = { prefer: 'respond-async', 'moonlet-delay': '100' }
  t.equal((await api.call('POST', `/fn/${id}`, 'x', later)).status, 202)
  t.equal(receiver.received.length, 0)
  t.equal((await api.call('POST', `/fn/${id}`, 'x', later)).status, 503)
  await eventually(t, () => receiver.received.length, 1)
})
