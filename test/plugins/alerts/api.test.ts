/** Alerts through the API, with functions that fail and receivers that are told. */
import t from 'tap'
import { buildApi, type Api } from '../../helpers/api.js'
import { temporaryFolder } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { startMailServer, startReceiver } from './receivers.js'

const failing =
  'function handler(ctx, event)\n  error("broken: " .. (env.get("TOKEN") or ""))\nend\n'

const webhook = (url: string, change: object = {}) => ({ kind: 'webhook', url, ...change })

async function createAlert({ call }: Api, fields: object): Promise<string> {
  const { status, json, text } = await call('POST', '/api/alerts', { name: 'an alert', ...fields })
  if (status !== 201) throw new Error(`${status} ${text}`)
  return String(json.id)
}

const alertOf = async ({ call }: Api, id: string) => (await call('GET', `/api/alerts/${id}`)).json

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
    function: { id, name: 'shop' },
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

t.test('mail is sent with its settings, and refused without them', async t => {
  const server = await startMailServer(t)
  const target = { kind: 'mail', to: ['ada@example.com'] }
  const without = await buildApi(t)
  t.match(await without.call('POST', '/api/alerts', { name: 'n', on: 'failure', target }), {
    status: 400,
    json: { error: 'target: mail needs the setting SMTP_URL' }
  })
  const api = await buildApi(t, { SMTP_URL: server.url, MAIL_FROM: 'moonlet@example.org' })
  const alert = await createAlert(api, { on: 'failure', target })
  t.same((await api.call('POST', `/api/alerts/${alert}/test`)).json, { sent: true })
  t.match(server.mails, [{ to: ['ada@example.com'], data: /Test_of_the_alert/ }])
})

t.test('a test that cannot be delivered says why, and changes no state', async t => {
  const receiver = await startReceiver(t)
  const api = await buildApi(t)
  const alert = await createAlert(api, { on: 'failure', target: webhook(receiver.url) })
  receiver.status = 404
  t.same((await api.call('POST', `/api/alerts/${alert}/test`)).json, {
    sent: false,
    error: 'the webhook answered 404'
  })
  t.match(await alertOf(api, alert), { state: 'ok', count: 0 })
})

t.test('what a target has of secrets is shown to nobody, and kept by a change', async t => {
  const receiver = await startReceiver(t)
  const api = await buildApi(t)
  const id = await createAlert(api, {
    on: 'failure',
    target: webhook(`${receiver.url}/T0/secret?key=hidden`, { headers: { 'X-Key': 'hidden' } })
  })
  const { target } = await alertOf(api, id)
  t.same(target, {
    kind: 'webhook',
    url: `${receiver.url}/…`,
    format: 'json',
    headers: { 'X-Key': '[REDACTED]' }
  })
  const changed = await api.call('PUT', `/api/alerts/${id}`, { name: 'renamed', target })
  t.match(changed, { status: 200, json: { name: 'renamed', on: 'failure' } })
  t.notMatch(changed.text, /hidden|secret/)
  await api.call('POST', `/api/alerts/${id}/test`)
  t.match(receiver.received[0], { path: '/T0/secret?key=hidden', headers: { 'x-key': 'hidden' } })
  await api.call('PUT', `/api/alerts/${id}`, { target: webhook(`${receiver.url}/other`) })
  await api.call('POST', `/api/alerts/${id}/test`)
  t.equal(receiver.received[1]?.path, '/other')
})

t.test('alerts are listed, read, changed and deleted', async t => {
  const api = await buildApi(t)
  const fn = await api.create()
  const first = await createAlert(api, {
    on: 'failure',
    function_id: fn,
    target: webhook('http://x/')
  })
  const second = await createAlert(api, { on: 'disk_low', target: webhook('http://y/') })
  const { json } = await api.call('GET', '/api/alerts')
  t.same(
    json.alerts.map(({ id }: { id: string }) => id),
    [first, second]
  )
  t.same(json.pagination, { total: 2, limit: 20, offset: 0 })
  t.equal((await api.call('GET', '/api/alerts?limit=1&offset=1')).json.alerts[0].id, second)
  t.equal((await api.call('GET', `/api/alerts?function_id=${fn}`)).json.pagination.total, 1)
  t.match(await alertOf(api, first), {
    enabled: true,
    threshold: 1,
    window_minutes: 5,
    repeat_minutes: 60,
    function_id: fn,
    state: 'ok'
  })
  await api.call('PUT', `/api/alerts/${first}`, { function_id: '', threshold: 7, enabled: false })
  const changed = await alertOf(api, first)
  t.match(changed, { threshold: 7, enabled: false })
  t.equal(changed.function_id, undefined)
  for (const method of ['GET', 'PUT', 'DELETE']) {
    t.equal(
      (await api.call(method, '/api/alerts/missing', method === 'PUT' ? {} : undefined)).status,
      404
    )
  }
  t.equal((await api.call('POST', '/api/alerts/missing/test')).status, 404)
  t.equal((await api.call('DELETE', `/api/alerts/${first}`)).status, 204)
  t.equal((await api.call('DELETE', `/api/alerts/${first}`)).status, 404)
  t.equal((await api.callOpen('GET', '/api/alerts')).status, 401)
})

t.test('alerts of a function go with it', async t => {
  const api = await buildApi(t)
  const fn = await api.create()
  await createAlert(api, { on: 'failure', function_id: fn, target: webhook('http://x/') })
  await api.call('DELETE', `/api/functions/${fn}`)
  await eventually(t, async () => (await api.call('GET', '/api/alerts')).json.alerts, [])
})

t.test('what a rule cannot have is refused by its field', async t => {
  const api = await buildApi(t)
  const good = { name: 'n', on: 'failure', target: webhook('http://x/') }
  for (const [change, error] of [
    [{ name: ' ' }, 'name: name cannot be empty'],
    [{ name: 'x'.repeat(101) }, 'name: name cannot be longer than 100 characters'],
    [{ on: 'success' }, /^on: on must be one of: \[failure job_dead/],
    [{ on: undefined }, /^on: /],
    [{ function_id: 'nobody' }, 'function_id: there is no function nobody'],
    [{ on: 'disk_low', function_id: 'x' }, /^function_id: function_id must be empty/],
    [{ threshold: 0 }, 'threshold: threshold must be a whole number from 1 to 1000'],
    [{ window_minutes: 1441 }, /^window_minutes: /],
    [{ late_minutes: 0 }, /^late_minutes: /],
    [{ min_free_mb: -1 }, /^min_free_mb: /],
    [{ repeat_minutes: 0 }, /^repeat_minutes: /],
    [{ threshold: 1.5 }, 'Invalid request body'],
    [{ threshold: '5' }, 'Invalid request body'],
    [{ target: undefined }, 'target: target is needed'],
    [{ target: {} }, /^target.kind: /],
    [{ target: { kind: 'pager' } }, /^target.kind: target.kind must be one of/],
    [{ target: webhook('ftp://x/') }, /^target: target.url must be an http or https address/],
    [{ target: webhook('/x') }, /^target: target.url/],
    [{ target: { kind: 'webhook' } }, /^target: target.url/],
    [{ target: webhook('http://a:b@x/') }, /no user and password/],
    [{ target: webhook('http://x/', { format: 'teams' }) }, /^target.format: /],
    [{ target: webhook('http://x/', { headers: { 'a b': 'x' } }) }, /'a b' is no name of a header/],
    [{ target: webhook('http://x/', { headers: { a: 'x\r\ny: z' } }) }, /cannot be sent/],
    [{ target: webhook('http://x/', { headers: { a: '[REDACTED]' } }) }, /cannot be sent/],
    [{ target: { kind: 'mail', to: [] } }, /1 to 20 addresses/],
    [{ target: { kind: 'mail', to: ['a@b.c, d@e.f'] } }, /is no mail address/],
    [{ target: { kind: 'mail', to: ['a@b.c\r\nBcc: x@y.z'] } }, /is no mail address/],
    [{ target: { kind: 'function' } }, /^target: target.function_id/],
    [{ target: { kind: 'function', function_id: 'nobody' } }, /there is no function nobody/]
  ] as const) {
    const { status, json } = await api.call('POST', '/api/alerts', { ...good, ...change })
    t.equal(status, 400, JSON.stringify(change))
    t.match(json.error, error)
  }
  t.equal((await api.call('GET', '/api/alerts')).json.pagination.total, 0)
})
