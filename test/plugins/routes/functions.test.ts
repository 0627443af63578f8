import t from 'tap'
import { buildApi, CODE } from '../../helpers/api.js'

const now = () => Math.floor(Date.now() / 1000)

t.test('a new function comes with version 1 of its code, active', async t => {
  const { call } = await buildApi(t)
  const before = now()
  const { status, json } = await call('POST', '/api/functions', { name: ' mine ', code: CODE })
  t.equal(status, 200)
  t.match(json.id, /^[0-9a-v]{20}$/)
  t.ok(json.created_at >= before && json.created_at <= now())
  t.strictSame(json, {
    id: json.id,
    name: ' mine ',
    env_vars: {},
    disabled: false,
    cron_catch_up: false,
    save_response: false,
    allow_same_origin: false,
    created_at: json.created_at,
    updated_at: json.created_at,
    active_version: {
      id: `ver_${json.id}_v1`,
      function_id: json.id,
      version: 1,
      code: CODE,
      created_at: json.created_at,
      is_active: true,
      created_by: 'api_key'
    },
    requires: []
  })
})

t.test('code is kept byte for byte, whatever it is', async t => {
  const { call, create } = await buildApi(t)
  for (const code of ['not lua (', 'a\r\nb\u0000c', '\ud83d\ude00 é', 'c'.repeat(1024 * 1024)]) {
    const id = await create({ code })
    t.equal((await call('GET', `/api/functions/${id}`)).json.active_version.code, code)
  }
})

t.test('a read function has its variables, schedule state and version', async t => {
  const { call, create } = await buildApi(t)
  const id = await create({ description: 'does things' })
  await call('PUT', `/api/functions/${id}/env`, { env_vars: { A: '1' } })
  const { json } = await call('GET', `/api/functions/${id}`)
  t.match(json, {
    id,
    description: 'does things',
    env_vars: { A: '1' },
    cron_status: 'paused',
    active_version: { version: 1, is_active: true }
  })
  t.notOk('cron_schedule' in json || 'retention_days' in json)
})

t.test('a list hides the values of variables and shows the newest first', async t => {
  const { call, create } = await buildApi(t)
  const ids = [await create(), await create(), await create()]
  await call('PUT', `/api/functions/${ids[0]}/env`, { env_vars: { SECRET: 'hush' } })
  const { json, text } = await call('GET', '/api/functions')
  t.same(
    json.functions.map(({ id }: { id: string }) => id),
    ids.reverse()
  )
  t.same(json.pagination, { total: 3, limit: 20, offset: 0 })
  t.notMatch(text, /hush|SECRET/)
  const named = await call('GET', '/api/functions?with_env_names=true')
  t.same(named.json.functions.at(-1).env_names, ['SECRET'])
  t.notMatch(named.text, /hush/)
})

t.test('an empty list is a list', async t => {
  const { call } = await buildApi(t)
  t.strictSame((await call('GET', '/api/functions')).json, {
    functions: [],
    pagination: { total: 0, limit: 20, offset: 0 }
  })
})

t.test('pages are cut as asked, and odd numbers fall back', async t => {
  const { call, create } = await buildApi(t)
  const ids = []
  for (let i = 0; i < 5; i++) ids.unshift(await create())
  const page = async (query: string) => (await call('GET', `/api/functions?${query}`)).json
  const second = await page('limit=2&offset=2')
  t.same(
    second.functions.map(({ id }: { id: string }) => id),
    ids.slice(2, 4)
  )
  t.same(second.pagination, { total: 5, limit: 2, offset: 2 })
  t.same((await page('limit=500&offset=-1')).pagination, { total: 5, limit: 100, offset: 0 })
  t.same((await page('limit=x&offset=1.5')).pagination, { total: 5, limit: 20, offset: 0 })
  t.same((await page('offset=9007199254740991')).functions, [])
})

t.test('a search looks in name and description, in any case, for the text itself', async t => {
  const { call, create } = await buildApi(t)
  const hit = await create({ name: 'Invoice 100%' })
  const other = await create({ name: 'x', description: 'sends the invoice' })
  await create({ name: 'unrelated' })
  const search = async (text: string) =>
    (await call('GET', `/api/functions?search=${encodeURIComponent(text)}`)).json
  t.same(
    (await search('INVOICE')).functions.map(({ id }: { id: string }) => id),
    [hit, other],
    'names come before descriptions'
  )
  t.same((await search('100%')).pagination.total, 1)
  t.same((await search('_')).pagination.total, 0)
  t.same((await search('')).pagination.total, 3)
  t.same((await call('GET', `/api/functions?search=${'x'.repeat(201)}`)).json, {
    error: 'search: search cannot be longer than 200 characters'
  })
})

t.test('a listed function says how its last run went', async t => {
  const { app, call, create } = await buildApi(t)
  const id = await create()
  t.notOk(
    'last_execution' in (await call('GET', '/api/functions')).json.functions[0],
    'absent when never run'
  )
  for (const [n, status] of [
    ['1', 'success'],
    ['2', 'error']
  ] as const) {
    await app.storage.executions.finish({
      id: `e${n}`,
      functionId: id,
      versionId: `ver_${id}_v1`,
      trigger: 'http',
      eventJson: '{}',
      createdAt: 1000 + Number(n),
      status,
      durationMs: 7,
      errorMessage: undefined,
      fault: undefined,
      responseJson: undefined,
      logs: []
    })
  }
  t.strictSame((await call('GET', '/api/functions')).json.functions[0].last_execution, {
    id: 'e2',
    status: 'error',
    trigger: 'http',
    created_at: 1002,
    duration_ms: 7
  })
})

t.test('a deleted function is gone with all its parts', async t => {
  const { app, call, create } = await buildApi(t)
  const id = await create()
  await app.storage.kv.set(id, Buffer.from('k'), Buffer.from('v'))
  t.match(await call('DELETE', `/api/functions/${id}`), { status: 204, text: '' })
  for (const tail of ['', '/versions', '/executions', '/kv', '/diff/1/1']) {
    t.equal((await call('GET', `/api/functions/${id}${tail}`)).status, 404, tail)
  }
  t.match(await call('DELETE', `/api/functions/${id}`), {
    status: 404,
    json: { error: 'Function not found' }
  })
})

t.test('a hundred functions made at once are a hundred functions', async t => {
  const { call, create } = await buildApi(t)
  const ids = await Promise.all(Array.from({ length: 100 }, (_, i) => create({ name: `f${i}` })))
  t.equal(new Set(ids).size, 100)
  t.equal((await call('GET', '/api/functions')).json.pagination.total, 100)
})

t.test('functions are listed by name or time where sort says so', async t => {
  const { call, create } = await buildApi(t)
  for (const name of ['b', 'A', 'c']) await create({ name })
  const list = async (query: string) =>
    (await call('GET', `/api/functions?${query}`)).json.functions.map(
      ({ name }: { name: string }) => name
    )
  t.same(await list('sort=name'), ['A', 'b', 'c'])
  t.same(await list('sort=name&order=desc'), ['c', 'b', 'A'])
  t.same(await list('sort=created_at'), ['b', 'A', 'c'])
  t.same(await list('order=asc'), ['c', 'A', 'b'], 'an order alone changes nothing')
  for (const query of ['sort=code', 'sort=name&order=up']) {
    const refused = await call('GET', `/api/functions?${query}`)
    t.equal(refused.status, 400, query)
    t.match(refused.json.error, /sort|order/)
  }
})
