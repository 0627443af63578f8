import t from 'tap'
import { defaultRetry } from '../../../core/contracts/front-door.js'
import { buildApi, CODE } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const { call, callOpen, create } = await buildApi(t, { EXECUTION_TIMEOUT: '60' })

const everything = {
  access: { mode: 'signature', preset: 'github', secret: 'HOOK_SECRET' },
  routes: [{ pattern: '/shop/:item', methods: ['GET'], host: 'shop.example.org' }],
  cors: { origins: ['https://shop.example.org'], headers: ['X-A'], credentials: true, max_age: 5 },
  rate_limit: { requests: 60, seconds: 60, by: 'caller' },
  retry: { ...defaultRetry, first_delay_seconds: 0 },
  max_concurrency: 4,
  timeout_seconds: 10,
  memory_mb: 64,
  body_limit: 1000,
  kv_bytes: 100_000,
  history_bytes: 1_000_000
}
const names = ['slug', ...Object.keys(everything)]
const read = async (id: string) => (await call('GET', `/api/functions/${id}`)).json
const given = (fn: Record<string, unknown>) =>
  Object.fromEntries(names.filter(name => name in fn).map(name => [name, fn[name]]))

// Each test's functions have the same routes, of which each may be one function's alone.
t.afterEach(async () => {
  for (const { id } of (await call('GET', '/api/functions?limit=100')).json.functions) {
    await call('DELETE', `/api/functions/${id}`)
  }
})

t.test('what is set is read back equal, alone and in the list', async t => {
  const id = await create()
  t.same(given(await read(id)), {}, 'absent until it is set')
  const change = { slug: 'read-back', ...everything }
  t.match(await call('PUT', `/api/functions/${id}`, change), { status: 200, text: '' })
  t.same(given(await read(id)), change)
  const { functions } = (await call('GET', '/api/functions?limit=1')).json
  t.same(given(functions[0]), change)
})

t.test('a function is created with it', async t => {
  const fields = { slug: 'created-with', ...everything }
  const { status, json } = await call('POST', '/api/functions', {
    name: 'n',
    code: CODE,
    ...fields
  })
  t.equal(status, 200)
  t.same(given(json), fields)
  t.same(given(await read(json.id)), fields)
})

t.test('null changes nothing; each field has a value that clears it alone', async t => {
  const id = await create({ slug: 'cleared', ...everything })
  for (const name of names) {
    t.equal((await call('PUT', `/api/functions/${id}`, { [name]: null })).status, 400, name)
    t.equal((await call('PUT', `/api/functions/${id}`, { name: 'x', [name]: null })).status, 200)
  }
  t.same(given(await read(id)), { slug: 'cleared', ...everything })
  let left = names
  for (const name of names) {
    const empty = name === 'slug' ? '' : name === 'routes' ? [] : {}
    t.equal((await call('PUT', `/api/functions/${id}`, { [name]: empty })).status, 200, name)
    left = left.filter(other => other !== name)
    t.same(Object.keys(given(await read(id))), left)
  }
  await call('PUT', `/api/functions/${id}`, { max_concurrency: 1, kv_bytes: 2 })
  await call('PUT', `/api/functions/${id}`, { max_concurrency: 0 })
  t.same(given(await read(id)), { kv_bytes: 2 })
})

t.test('what is wrong is refused with its field, by name, and nothing is changed', async t => {
  const id = await create()
  const wrong: Array<[object, RegExp]> = [
    [{ slug: 'No Slug' }, /^slug: slug must be/],
    [{ access: { mode: 'no' } }, /^access: mode must be one of/],
    [{ access: { mode: 'key', other: 1 } }, /^access: unknown field "other"/],
    [{ routes: [{ pattern: 'x' }] }, /^routes: pattern must be/],
    [{ cors: { origins: [] } }, /^cors: origins must be/],
    [{ rate_limit: { requests: 1 } }, /^rate_limit: seconds must be/],
    [{ timeout_seconds: 61 }, /^timeout_seconds: .* more than 60 \(setting EXECUTION_TIMEOUT\)/],
    [{ memory_mb: 4096 }, /^memory_mb: .*\(setting SANDBOX_MEMORY_MB\)/],
    [{ body_limit: 2 ** 40 }, /^body_limit: .*\(setting BODY_LIMIT\)/],
    [{ kv_bytes: 'many' }, /^kv_bytes: kv_bytes must be a whole number/]
  ]
  for (const [fields, message] of wrong) {
    for (const [method, url] of [
      ['PUT', `/api/functions/${id}`],
      ['POST', '/api/functions']
    ] as const) {
      const body = { name: 'changed', code: CODE, ...fields }
      const { status, json } = await call(method, url, body)
      t.match({ status, error: json.error }, { status: 400, error: message })
    }
  }
  t.match(await read(id), { name: 'a function', active_version: { version: 1 } })
  t.equal(
    (await call('PUT', `/api/functions/${id}`, { slug: 5 })).json.error,
    'Invalid request body'
  )
})

t.test('a slug that another function has is refused with its name', async t => {
  const first = await create({ name: 'the first', slug: 'taken' })
  const second = await create()
  const refused = {
    status: 409,
    json: { error: `slug: "taken" is the slug of the function "the first" (${first})` }
  }
  t.match(await call('PUT', `/api/functions/${second}`, { slug: 'taken', name: 'x' }), refused)
  t.equal((await read(second)).name, 'a function')
  t.match(await call('POST', '/api/functions', { name: 'n', code: CODE, slug: 'taken' }), refused)
  t.equal((await call('PUT', `/api/functions/${first}`, { slug: 'taken' })).status, 200)
  await call('DELETE', `/api/functions/${first}`)
  t.equal((await call('PUT', `/api/functions/${second}`, { slug: 'taken' })).status, 200)
})

t.test('it has a part in the ETag: a stale change is refused with what is there now', async t => {
  const id = await create()
  const { etag } = (await call('GET', `/api/functions/${id}`)).headers as { etag: string }
  const change = (body: object) => call('PUT', `/api/functions/${id}`, body, { 'if-match': etag })
  t.equal((await change({ access: { mode: 'key' } })).status, 200)
  const stale = await change({ access: {} })
  t.match(stale, { status: 412, json: { current: { access: { mode: 'key' } } } })
})

t.test('a key is shown once, and listed without it', async t => {
  const id = await create()
  const created = await call('POST', `/api/functions/${id}/keys`, { name: 'shop' })
  t.equal(created.status, 201)
  t.match(created.json, { name: 'shop', key: /^mfk_[\w-]{43}$/ })
  t.notOk('expires_at' in created.json)
  const expiring = await call('POST', `/api/functions/${id}/keys`, { name: 'b', expires_at: 5e9 })
  t.equal(expiring.json.expires_at, 5e9)
  const listed = await call('GET', `/api/functions/${id}/keys`)
  const { key, ...rest } = created.json
  const { key: otherKey, ...other } = expiring.json
  t.same(listed.json.keys, [rest, other])
  t.notMatch(listed.text, key)
  t.notMatch(JSON.stringify(await read(id)), otherKey)
})

t.test('a key is ended once', async t => {
  const id = await create()
  const { json } = await call('POST', `/api/functions/${id}/keys`, { name: 'shop' })
  const url = `/api/functions/${id}/keys/${json.id}`
  t.match(await call('DELETE', `/api/functions/${await create()}/keys/${json.id}`), {
    status: 404,
    json: { error: 'Key not found' }
  })
  t.match(await call('DELETE', url), { status: 204, text: '' })
  t.match(await call('DELETE', url), { status: 404, json: { error: 'Key not found' } })
  t.same((await call('GET', `/api/functions/${id}/keys`)).json.keys, [])
})

t.test('keys that cannot be made are refused', async t => {
  const id = await create()
  const refused: Array<[unknown, string]> = [
    [{}, 'name: name cannot be empty'],
    [{ name: ' ' }, 'name: name cannot be empty'],
    [{ name: 'x'.repeat(101) }, 'name: name cannot be longer than 100 characters'],
    [{ name: 1 }, 'Invalid request body'],
    [{ name: 'x', expires_at: '2030' }, 'Invalid request body'],
    [
      { name: 'x', expires_at: -1 },
      'expires_at: expires_at must be a time in Unix seconds, at most 253402300799, not -1'
    ],
    [
      { name: 'x', expires_at: 1.8e12 },
      'expires_at: expires_at must be a time in Unix seconds, at most 253402300799, not 1800000000000'
    ],
    [
      { name: 'x', expires_at: 1_700_000_000 },
      'expires_at: expires_at must be in the future, not 1700000000 (2023-11-14T22:13:20Z)'
    ]
  ]
  for (const [body, error] of refused) {
    t.match(await call('POST', `/api/functions/${id}/keys`, body), { status: 400, json: { error } })
  }
  t.same((await call('GET', `/api/functions/${id}/keys`)).json.keys, [])
  const missing = { status: 404, json: { error: 'Function not found' } }
  t.match(await call('POST', '/api/functions/none/keys', { name: 'x' }), missing)
  t.match(await call('GET', '/api/functions/none/keys'), missing)
  t.match(await call('DELETE', '/api/functions/none/keys/x'), missing)
  t.equal((await callOpen('GET', `/api/functions/${id}/keys`)).status, 401)
})

t.test('keys are part of the ETag', async t => {
  const id = await create()
  const { etag } = (await call('GET', `/api/functions/${id}`)).headers as { etag: string }
  const created = await call(
    'POST',
    `/api/functions/${id}/keys`,
    { name: 'a' },
    { 'if-match': etag }
  )
  t.equal(created.status, 201)
  t.not(created.headers.etag, etag)
  const url = `/api/functions/${id}/keys/${created.json.id}`
  t.equal((await call('DELETE', url, undefined, { 'if-match': etag })).status, 412)
  const ended = await call('DELETE', url, undefined, { 'if-match': String(created.headers.etag) })
  t.equal(ended.status, 204)
  t.equal(ended.headers.etag, (await call('GET', `/api/functions/${id}`)).headers.etag)
})

t.test('a function has a hundred keys at most', async t => {
  const id = await create()
  for (let i = 0; i < 100; i++) await call('POST', `/api/functions/${id}/keys`, { name: 'k' })
  t.match(await call('POST', `/api/functions/${id}/keys`, { name: 'k' }), {
    status: 409,
    json: { error: /^The function has 100 keys/ }
  })
})
