import t from 'tap'
import { buildApi } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const api = await buildApi(t)

const bytes = Buffer.from([0, 255, 1, 254])

t.test('a value written is read as the same bytes', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv`
  for (const [key, value] of [
    ['text', 'hello'],
    ['json', '{"a":1}'],
    ['a/b c?d%', 'odd key'],
    ['é😀', 'é'],
    ['empty', '']
  ] as const) {
    t.match(await call('PUT', `${path}/${encodeURIComponent(key)}`, value), {
      status: 204,
      text: ''
    })
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
  t.equal(Buffer.from((await app.storage.kv.get(a, Buffer.from('k'))) ?? []).toString(), 'of a')
})

t.test('a deleted value is gone; what is not there cannot be read or deleted', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv`
  await call('PUT', `${path}/k`, 'v')
  await call('PUT', `${path}/k2`, 'v')
  t.match(await call('DELETE', `${path}/k`), { status: 204, text: '' })
  for (const method of ['GET', 'DELETE']) {
    t.match(
      await call(method, `${path}/k`),
      { status: 404, json: { error: 'Key not found' } },
      method
    )
  }
  for (const method of ['GET', 'PUT', 'DELETE']) {
    t.match(
      await call(method, '/api/functions/none/kv/k', method === 'PUT' ? 'v' : undefined),
      { status: 404, json: { error: 'Function not found' } },
      method
    )
  }
  t.match(await call('GET', '/api/functions/none/kv'), {
    status: 404,
    json: { error: 'Function not found' }
  })
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
  t.notOk(
    'x-expires-at' in (await call('GET', `${path}/k`)).headers,
    'writing without it keeps the value for good'
  )
  for (const ttl of ['0', '-1', 'x', '1.5']) {
    t.match(
      await call('PUT', `${path}/k?ttl=${ttl}`, 'v'),
      { status: 400, json: { error: /^ttl: ttl must be a whole number from 1/ } },
      ttl
    )
  }
})

t.test('keys are browsed by prefix, page by page, in the order of bytes', async t => {
  const { call, create } = api
  const path = `/api/functions/${await create()}/kv`
  for (const key of ['b', 'a:2', 'a:10', 'a:1', 'c', 'é']) {
    await call('PUT', `${path}/${encodeURIComponent(key)}`, key)
  }
  const keys = async (query: string) => {
    const { json } = await call('GET', `${path}?${query}`)
    return [json.entries.map(({ key }: { key: string }) => key), json.next]
  }
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
  const { entries, ...rest } = (await call('GET', path)).json
  t.strictSame(
    { entries: entries.map(({ etag, ...entry }: { etag: string }) => entry), ...rest },
    {
      entries: [
        { key: 'binary', size: 4, preview: null },
        { key: 'long', size: 600, preview: 'é'.repeat(100) },
        { key: 'odd', size: 601, preview: `x${'é'.repeat(99)}` }
      ]
    }
  )
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
  t.match((await call('GET', `${path}?after=${json.next_base64}&encoding=base64`)).json, {
    entries: [{ key_base64: '__8' }]
  })
  t.equal((await call('GET', `${path}/${key.toString('base64url')}?encoding=base64`)).text, 'v')
  t.equal(
    (await call('GET', `${path}/${encodeURIComponent(key.toString('base64'))}?encoding=base64`))
      .text,
    'v'
  )
  t.equal(
    (await call('DELETE', `${path}/${json.entries[0].key_base64}?encoding=base64`)).status,
    204
  )
  t.match(await call('GET', `${path}/*?encoding=base64`), {
    status: 400,
    json: { error: 'key: key must be base64' }
  })
  t.match(await call('GET', `${path}?prefix=*&encoding=base64`), {
    status: 400,
    json: { error: 'prefix: prefix must be base64' }
  })
})

t.test('a value larger than functions can read is refused', async t => {
  const { call } = api
  t.match(await call('PUT', '/api/kv/k', Buffer.alloc(8 * 1024 * 1024 + 1)), {
    status: 400,
    json: { error: 'value: value cannot be longer than 8388608 bytes' }
  })
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

t.test(
  'keys that no path can hold are reached by the query, and long ones by the body',
  async t => {
    const { call, create } = api
    const id = await create()
    const base = `/api/functions/${id}/kv`
    for (const key of ['.', '..', '', 'a/b', '%2e%2e', 'k'.repeat(60_000)]) {
      const short = `key=${encodeURIComponent(key)}`
      const [put, url] =
        key.length > 4000 || key === ''
          ? [
              await call('PUT', `${base}-value/entry?key_bytes=${key.length}`, `${key}of ${key}`),
              undefined
            ]
          : [await call('PUT', `${base}-value?${short}`, `of ${key}`), `${base}-value?${short}`]
      t.equal(put.status, 204)
      if (url !== undefined) t.equal((await call('GET', url)).text, `of ${key}`)
      t.equal((await call('POST', `${base}-value/read`, key)).text, `of ${key}`)
      t.match((await call('GET', base)).json, { entries: [{ key }] })
      if (url !== undefined) t.equal((await call('DELETE', url)).status, 204)
      else t.equal((await call('POST', `${base}-value/delete`, key)).status, 204)
      t.equal((await call('POST', `${base}-value/read`, key)).status, 404)
      t.match((await call('GET', base)).json, { entries: [] })
    }
    t.equal((await call('GET', `/api/functions/${id}`)).status, 200)
  }
)

t.test('an address without its key says what is missing', async t => {
  const { call } = api
  for (const method of ['GET', 'PUT', 'DELETE']) {
    t.match(
      await call(method, '/api/kv-value'),
      { status: 400, json: { error: 'key: key is missing' } },
      method
    )
    t.match(
      await call(method, '/api/kv-value?key=*&encoding=base64'),
      { status: 400, json: { error: 'key: key must be base64' } },
      method
    )
  }
  t.match(await call('PUT', '/api/kv-value/entry', 'k'), {
    status: 400,
    json: { error: 'key_bytes: key_bytes is missing' }
  })
  t.match(await call('PUT', '/api/kv-value/entry?key_bytes=2', 'k'), {
    status: 400,
    json: { error: 'key_bytes: key_bytes cannot be larger than the body, which has 1 bytes' }
  })
  t.match(await call('PUT', '/api/kv-value/entry?key_bytes=-1', 'k'), { status: 400 })
  t.match(await call('GET', '/api/functions/none/kv-value?key=k'), {
    status: 404,
    json: { error: 'Function not found' }
  })
})

t.test('pages behind long keys go on with the question in the body', async t => {
  const { call, create } = api
  const base = `/api/functions/${await create()}/kv`
  const keys = ['a', 'b', 'c'].map(last => 'k'.repeat(30_000) + last)
  for (const key of keys) await call('PUT', `${base}-value/entry?key_bytes=${key.length}`, key)
  const list = async (body: object) => (await call('POST', `${base}-value/list`, body)).json
  const first = await list({ limit: 2 })
  t.same([first.entries.length, first.next], [2, keys[1]])
  const second = await list({ limit: 2, prefix: 'k', after: first.next })
  t.same([second.entries.length, second.entries[0].key, second.next], [1, keys[2], undefined])
  t.match(await call('POST', `${base}-value/list`, { limit: 101 }), {
    status: 400,
    json: { error: 'Invalid request body' }
  })
  t.match(await call('POST', '/api/functions/none/kv-value/list', {}), {
    status: 404,
    json: { error: 'Function not found' }
  })
})
