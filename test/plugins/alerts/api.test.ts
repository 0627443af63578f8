/** Alerts through the API, with functions that fail and receivers that are told. */
import t from 'tap'
import { buildApi } from '../../helpers/api.js'
import { eventually } from '../../helpers/eventually.js'
import { startMailServer, startReceiver } from './receivers.js'
import { alertOf, createAlert, webhook } from './support.js'

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
    [{ target: webhook('http://x/', { headers: { Host: 'y' } }) }, /'Host' is no name of a header/],
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
