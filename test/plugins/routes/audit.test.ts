/** Who changed what, as the API notes and tells it. */
import t from 'tap'
import type { ApiDocument } from '../../../plugins/openapi/api-document.js'
import { buildApi, CODE } from '../../helpers/api.js'
import { API_KEY } from '../../helpers/build.js'

const api = await buildApi(t)
const { call, callOpen, create } = api
const entriesOf = async (query = '') =>
  (await call('GET', `/api/audit?limit=100&${query}`)).json.entries
const newest = async () => (await entriesOf())[0]

t.test('a change is noted with who, when, from where, before and after', async t => {
  const made = await call('POST', '/api/tokens', { name: 'deploy', scopes: ['functions:write'] })
  const id = await create({ name: 'shop' })
  const headers = {
    authorization: `Bearer ${made.json.token}`,
    'user-agent': 'moonlet-cli/0.2.0 (linux)'
  }
  const before = Math.floor(Date.now() / 1000)
  await callOpen('PUT', `/api/functions/${id}`, { name: 'store', code: CODE }, headers)
  const { id: entry, at, ...noted } = await newest()
  t.type(entry, 'number')
  t.ok(at >= before && at <= Date.now() / 1000)
  t.strictSame(noted, {
    actor: { kind: 'token', id: made.json.id, name: 'deploy' },
    via: 'cli',
    ip: '127.0.0.1',
    action: 'function.update',
    target: { kind: 'function', id, name: 'store' },
    function_id: id,
    before: { name: 'shop', active_version: 1, versions: 1 },
    after: { name: 'store', active_version: 2, versions: 2 }
  })
})

t.test('every change that the API makes is noted once', async t => {
  const id = await create()
  const at = `/api/functions/${id}`
  const changes: Array<[string, string, unknown, string]> = [
    ['PUT', at, { description: 'd' }, 'function.update'],
    ['PUT', at, { code: CODE }, 'function.update'],
    ['PUT', `${at}/env`, { env_vars: { A: 'hush-1' } }, 'variables.replace'],
    ['PUT', `${at}/env`, { env_vars: { A: 'hush-2' } }, 'variables.replace'],
    ['DELETE', `${at}/env/history`, undefined, 'variables.forget_history'],
    ['PUT', '/api/env', { env_vars: { S: 'hush-5' } }, 'shared_variables.replace'],
    ['PUT', '/api/env', { env_vars: { S: 'hush-6' } }, 'shared_variables.replace'],
    ['DELETE', '/api/env/history', undefined, 'shared_variables.forget_history'],
    ['POST', `${at}/versions/ver_${id}_v1/activate`, undefined, 'version.activate'],
    ['DELETE', `${at}/versions/ver_${id}_v2`, undefined, 'version.delete'],
    ['POST', `${at}/keys`, { name: 'k' }, 'key.create'],
    ['PUT', `${at}/kv/k`, 'hush-3', 'value.set'],
    ['DELETE', `${at}/kv/k`, undefined, 'value.delete'],
    ['PUT', '/api/kv/k', 'hush-4', 'value.set'],
    ['POST', '/api/push', { functions: [{ id, name: 'pushed' }] }, 'function.push'],
    ['POST', '/api/tokens', { name: 't', scopes: ['run'] }, 'token.create'],
    ['DELETE', at, undefined, 'function.delete']
  ]
  for (const [method, url, body, action] of changes) {
    const [before] = await entriesOf()
    const { status, text } = await call(method, url, body)
    t.ok(status < 300, `${method} ${url} gives ${status} ${text}`)
    const entries = await entriesOf()
    t.equal(entries[0].action, action, `${method} ${url}`)
    t.equal(entries[1].id, before.id, 'and nothing else')
    t.match(entries[0], { actor: { kind: 'api_key' }, via: 'api' })
  }
  t.notMatch(JSON.stringify(await entriesOf()), /hush|moonlet_[A-Za-z0-9_-]{43}|mfk_/)
})

t.test('what is refused or only read is not noted', async t => {
  const id = await create()
  const [last] = await entriesOf()
  await call('PUT', `/api/functions/${id}`, { name: '' })
  await call('PUT', `/api/functions/${id}`, { name: 'n' }, { 'if-match': '"other"' })
  await call('DELETE', '/api/functions/missing')
  await call('DELETE', `/api/functions/${id}/kv/missing`)
  await call('DELETE', '/api/tokens/missing')
  await call('DELETE', '/api/auth/sessions/missing')
  await callOpen('DELETE', `/api/functions/${id}`)
  await call('GET', `/api/functions/${id}`)
  t.same(await newest(), last)
})

t.test('sessions are noted from their beginning to their end', async t => {
  const login = await callOpen('POST', '/api/auth/login', { apiKey: API_KEY })
  const cookie = String(login.headers['set-cookie']).split(';', 1)[0] ?? ''
  const { target, actor } = await newest()
  t.equal(target.kind, 'session')
  t.same(actor, { kind: 'session', id: target.id })
  await callOpen('POST', '/api/functions', { name: 'n', code: CODE }, { cookie })
  t.match(await newest(), { actor: { kind: 'session', id: target.id }, via: 'dashboard' })
  await callOpen('POST', '/api/auth/logout', undefined, { cookie })
  const actions = (await entriesOf(`actor=${target.id}`)).map(
    ({ action }: { action: string }) => action
  )
  t.same(actions, ['session.end', 'function.create', 'session.begin'])
})

t.test('decisions about jobs are noted', async t => {
  const id = await create()
  const later = { prefer: 'respond-async', 'moonlet-delay': '86400' }
  const job = (await callOpen('POST', `/fn/${id}`, '', later)).json.job_id
  t.equal((await call('POST', `/api/jobs/${job}/cancel`)).status, 200)
  t.match(await newest(), {
    action: 'job.cancel',
    target: { kind: 'job', id: job },
    function_id: id
  })
  t.equal((await call('POST', `/api/jobs/${job}/cancel`)).status, 409)
  t.equal((await call('DELETE', `/api/jobs/${job}`)).status, 204)
  t.same(
    (await entriesOf(`function_id=${id}`)).map(({ action }: { action: string }) => action),
    ['job.delete', 'job.cancel', 'function.create']
  )
})

t.test('changes of alerts are noted, without where they are sent', async t => {
  const rule = {
    name: 'loud',
    on: 'failure',
    target: { kind: 'webhook', url: 'https://example.org/hush', secret: 'hush-secret' }
  }
  const made = await call('POST', '/api/alerts', rule)
  t.equal(made.status, 201, made.text)
  t.match(await newest(), { action: 'alert.create', after: { name: 'loud', target: 'webhook' } })
  await call('PUT', `/api/alerts/${made.json.id}`, { name: 'calm' })
  t.match(await newest(), {
    action: 'alert.update',
    before: { name: 'loud' },
    after: { name: 'calm' }
  })
  await call('DELETE', `/api/alerts/${made.json.id}`)
  t.match(await newest(), { action: 'alert.delete', target: { name: 'calm' } })
  t.notMatch(JSON.stringify(await entriesOf()), /hush/)
})

t.test('the audit is read with the scope admin, in pages, by function, actor and time', async t => {
  const id = await create()
  await call('PUT', `/api/functions/${id}`, { name: 'n' })
  const page = (await call('GET', `/api/audit?function_id=${id}&limit=1&offset=1`)).json
  t.match(page, {
    entries: [{ action: 'function.create' }],
    pagination: { total: 2, limit: 1, offset: 1 }
  })
  t.same(await entriesOf('to=1'), [])
  t.same(await entriesOf('actor=nobody'), [])
  t.equal((await entriesOf(`function_id=${id}&actor=api_key&from=1`)).length, 2)
  const wrong = await call('GET', '/api/audit?from=yesterday')
  t.equal(wrong.status, 400)
  t.match(wrong.json.error, /^from: /)
})

t.test(
  'every route that may change something is noted, or known to change nothing of a person',
  async t => {
    const { paths } = (await callOpen('GET', '/docs/openapi.json')).json as ApiDocument
    const changing = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter(method => path.startsWith('/api/') && !['get', 'head'].includes(method))
        .map(method => `${method.toUpperCase()} ${path}`)
    )
    const unnoted = [
      'POST /api/alerts/{id}/test',
      'POST /api/check',
      'POST /api/cron/check',
      'POST /api/executions/{id}/rerun',
      'POST /api/functions/{id}/draft',
      'POST /api/functions/{id}/kv-value/list',
      'POST /api/functions/{id}/kv-value/read',
      'POST /api/kv-value/list',
      'POST /api/kv-value/read'
    ]
    for (const route of unnoted) t.ok(changing.includes(route), route)
    // A new route stands in one of these lists; see above for how each is noted.
    t.same(changing.filter(route => !unnoted.includes(route)).sort(), [
      'DELETE /api/alerts/{id}',
      'DELETE /api/auth/sessions',
      'DELETE /api/auth/sessions/{id}',
      'DELETE /api/env/history',
      'DELETE /api/functions/{id}',
      'DELETE /api/functions/{id}/env/history',
      'DELETE /api/functions/{id}/keys/{keyId}',
      'DELETE /api/functions/{id}/kv-value',
      'DELETE /api/functions/{id}/kv/{key}',
      'DELETE /api/functions/{id}/versions/{version}',
      'DELETE /api/jobs/{id}',
      'DELETE /api/kv-value',
      'DELETE /api/kv/{key}',
      'DELETE /api/modules/{id}',
      'DELETE /api/modules/{id}/versions/{version}',
      'DELETE /api/tokens/{id}',
      'POST /api/alerts',
      'POST /api/auth/login',
      'POST /api/auth/logout',
      'POST /api/env/history/{entry}/restore',
      'POST /api/functions',
      'POST /api/functions/{id}/env/history/{entry}/restore',
      'POST /api/functions/{id}/keys',
      'POST /api/functions/{id}/kv-value/delete',
      'POST /api/functions/{id}/versions/{version}/activate',
      'POST /api/jobs/redrive',
      'POST /api/jobs/{id}/cancel',
      'POST /api/jobs/{id}/redrive',
      'POST /api/kv-value/delete',
      'POST /api/modules',
      'POST /api/modules/{id}/versions/{version}/activate',
      'POST /api/push',
      'POST /api/tokens',
      'PUT /api/alerts/{id}',
      'PUT /api/env',
      'PUT /api/functions/{id}',
      'PUT /api/functions/{id}/env',
      'PUT /api/functions/{id}/kv-value',
      'PUT /api/functions/{id}/kv-value/entry',
      'PUT /api/functions/{id}/kv/{key}',
      'PUT /api/kv-value',
      'PUT /api/kv-value/entry',
      'PUT /api/kv/{key}',
      'PUT /api/modules/{id}'
    ])
  }
)
