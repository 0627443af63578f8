import t from 'tap'
import { buildApi } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const api = await buildApi(t)

const bytes = Buffer.from([0, 255, 1, 254])

t.test('a value written is read as the same bytes', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv`
  for (const [key, value] of [['text', 'hello'], ['json', '{"a":1}'], ['a/b c?d%', 'odd key'], ['é😀', 'é'], ['empty', '']] as const) {
    t.match(await call('PUT', `${path}/${encodeURIComponent(key)}`, value), { status: 204, text: '' })
    const { status, text, headers } = await call('GET', `${path}/${encodeURIComponent(key)}`)
    t.same([status, text, headers['content-type']], [200, value, 'application/octet-stream'], key)
  }
  await call('PUT', `${path}/binary`, bytes, { 'content-type': 'application/json' })
  t.same((await call('GET', `${path}/binary`)).bytes, bytes)
})

t.test('a value written without a body is empty', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv/k`
  t.equal((await call('PUT', path)).status, 204)
  t.match(await call('GET', path), { status: 200, text: '' })
})

t.test('functions do not see each other, nor what they share', async t => {
  const { app, call, create } = api
  const [a, b] = [await create(), await create()]
  await call('PUT', `/api/functions/${a}/kv/k`, 'of a')
  await call('PUT', '/api/kv/k', 'shared')
  t.equal((await call('GET', `/api/functions/${b}/kv/k`)).status, 404)
  t.equal((await call('GET', '/api/kv/k')).text, 'shared')
  t.equal(Buffer.from(await app.storage.kv.get(a, Buffer.from('k')) ?? []).toString(), 'of a')
})

t.test('a deleted value is gone; what is not there cannot be read or deleted', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv`
  await call('PUT', `${path}/k`, 'v')
  await call('PUT', `${path}/k2`, 'v')
  t.match(await call('DELETE', `${path}/k`), { status: 204, text: '' })
  for (const method of ['GET', 'DELETE']) t.match(await call(method, `${path}/k`), { status: 404, json: { error: 'Key not found' } }, method)
  for (const method of ['GET', 'PUT', 'DELETE']) t.match(await call(method, '/api/functions/none/kv/k', method === 'PUT' ? 'v' : undefined), { status: 404, json: { error: 'Function not found' } }, method)
  t.match(await call('GET', '/api/functions/none/kv'), { status: 404, json: { error: 'Function not found' } })
})

t.test('a value with a time to live says when it goes', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv`
  const before = Math.floor(Date.now() / 1000)
  await call('PUT', `${path}/k?ttl=60`, 'v')
  const expires = Number((await call('GET', `${path}/k`)).headers['x-expires-at'])
  t.ok(expires >= before + 60 && expires <= Math.floor(Date.now() / 1000) + 61)
  t.equal((await call('GET', path)).json.entries[0].expires_at, expires)
  await call('PUT', `${path}/k`, 'v')
  t.notOk('x-expires-at' in (await call('GET', `${path}/k`)).headers, 'writing without it keeps the value for good')
  for (const ttl of ['0', '-1', 'x', '1.5']) t.match(await call('PUT', `${path}/k?ttl=${ttl}`, 'v'), { status: 400, json: { error: /^ttl: ttl must be a whole number from 1/ } }, ttl)
})

t.test('keys are browsed by prefix, page by page, in the order of bytes', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv`
  for (const key of ['b', 'a:2', 'a:10', 'a:1', 'c', 'é']) await call('PUT', `${path}/${encodeURIComponent(key)}`, key)
  const keys = async (query: string) => { const { json } = await call('GET', `${path}?${query}`); return [json.entries.map(({ key }: { key: string }) => key), json.next] }
  t.same(await keys(''), [['a:1', 'a:10', 'a:2', 'b', 'c', 'é'], undefined])
  t.same(await keys('prefix=a:'), [['a:1', 'a:10', 'a:2'], undefined])
  t.same(await keys('limit=2'), [['a:1', 'a:10'], 'a:10'])
  t.same(await keys('limit=2&after=a:10'), [['a:2', 'b'], 'b'])
  t.same(await keys('limit=2&after=b'), [['c', 'é'], undefined])
  t.same(await keys('prefix=a:&limit=2&after=a:10'), [['a:2'], undefined])
})

t.test('a listed value shows its size and beginning', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv`
  await call('PUT', `${path}/long`, 'é'.repeat(300))
  await call('PUT', `${path}/odd`, `x${'é'.repeat(300)}`)
  await call('PUT', `${path}/binary`, bytes)
  t.strictSame((await call('GET', path)).json, {
    entries: [
      { key: 'binary', size: 4, preview: null },
      { key: 'long', size: 600, preview: 'é'.repeat(100) },
      { key: 'odd', size: 601, preview: `x${'é'.repeat(99)}` }
    ]
  })
})

t.test('a key that is no text is reached in base64', async t => {
  const { app, call, create } = api
  const id = await create()
  const path = `/api/functions/${id}/kv`
  const key = Buffer.from([255, 254, 0, 62])
  await app.storage.kv.set(id, key, Buffer.from('v'))
  await app.storage.kv.set(id, Buffer.from([255, 255]), Buffer.from('w'))
  const { json } = await call('GET', `${path}?limit=1`)
  t.equal(json.entries[0].key_base64, key.toString('base64url'))
  t.equal(json.next_base64, key.toString('base64url'))
  t.match((await call('GET', `${path}?after=${json.next_base64}&encoding=base64`)).json, { entries: [{ key_base64: '__8' }] })
  t.equal((await call('GET', `${path}/${key.toString('base64url')}?encoding=base64`)).text, 'v')
  t.equal((await call('GET', `${path}/${encodeURIComponent(key.toString('base64'))}?encoding=base64`)).text, 'v')
  t.equal((await call('DELETE', `${path}/${json.entries[0].key_base64}?encoding=base64`)).status, 204)
  t.match(await call('GET', `${path}/*?encoding=base64`), { status: 400, json: { error: 'key: key must be base64' } })
  t.match(await call('GET', `${path}?prefix=*&encoding=base64`), { status: 400, json: { error: 'prefix: prefix must be base64' } })
})

t.test('a value larger than functions can read is refused', async t => {
  const { call } = api
  t.match(await call('PUT', '/api/kv/k', Buffer.alloc(8 * 1024 * 1024 + 1)), { status: 400, json: { error: 'value: value cannot be longer than 8388608 bytes' } })
  t.equal((await call('PUT', '/api/kv/k', Buffer.alloc(8 * 1024 * 1024))).status, 204)
})

t.test('a page of large values is cut short and goes on', async t => {
  const { call } = await buildApi(t)
  for (let i = 0; i < 4; i++) await call('PUT', `/api/kv/k${i}`, Buffer.alloc(8 * 1024 * 1024))
  const { json } = await call('GET', '/api/kv')
  t.ok(json.entries.length < 4)
  const rest = await call('GET', `/api/kv?after=${json.next}`)
  t.equal(json.entries.length + rest.json.entries.length, 4)
})
