/** What holds for every route of the API. */
import { basename } from 'node:path'
import t from 'tap'
import { buildApi, type Api } from '../../helpers/api.js'

// One server for all: each test has functions of its own.
const api = await buildApi(t)

t.test('bodies are JSON whatever their Content-Type', async t => {
  const { call } = api
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/json; charset=latin1',
    'garbage',
    '',
    ';',
    'a/b/c'
  ]) {
    const { status } = await call(
      'POST',
      '/api/functions',
      { name: 'x', code: 'y' },
      { 'content-type': type }
    )
    t.equal(status, 200, JSON.stringify(type))
  }
})

t.test('text after the first value of a body is ignored', async t => {
  const { call } = api
  t.equal(
    (await call('POST', '/api/functions', '{"name":"x","code":"y"} and more {')).json.name,
    'x'
  )
})

t.test('unknown fields are ignored and null is as good as absent', async t => {
  const { call } = api
  const { status, json } = await call('POST', '/api/functions', {
    name: 'x',
    code: 'y',
    description: null,
    disabled: true,
    retention_days: 'odd',
    id: 'mine'
  })
  t.equal(status, 200)
  t.notOk('description' in json)
  t.equal(json.disabled, false)
  t.not(json.id, 'mine')
})

t.test('a body that is no JSON object, or has a wrong type, is refused with one text', async t => {
  const { call, create } = api
  const id = await create()
  const invalid = { error: 'Invalid request body' }
  for (const body of [
    '',
    ' ',
    '{',
    '[]',
    '"x"',
    '5',
    'null',
    'true',
    'hello',
    '\ufeff{}',
    '{"name": "x", ',
    '{"name":5}',
    '{"name":["x"]}',
    '{"code":{}}',
    '{"description":true}'
  ]) {
    const { status, json } = await call('POST', '/api/functions', body)
    t.same([status, json], [400, invalid], body)
  }
  for (const body of [
    { disabled: 'yes' },
    { disabled: 1 },
    { retention_days: '7' },
    { retention_days: 7.5 },
    { cron_schedule: 5 },
    { save_response: [] },
    { cron_catch_up: 'x' }
  ]) {
    t.same((await call('PUT', `/api/functions/${id}`, body)).json, invalid, JSON.stringify(body))
  }
  t.same((await call('POST', '/api/functions')).json, invalid, 'no body at all')
  t.same((await call('PUT', `/api/functions/${id}/env`, { env_vars: ['A'] })).json, invalid)
  t.same((await call('PUT', `/api/functions/${id}/env`, { env_vars: { A: 1 } })).json, invalid)
})

t.test('a body over the limit is refused, naming setting and limit', async t => {
  const { call } = await buildApi(t, { BODY_LIMIT: '2048' })
  const { status, json } = await call('POST', '/api/functions', {
    name: 'x',
    code: 'y'.repeat(3000)
  })
  t.same(
    [status, json],
    [413, { error: 'The request body is larger than 2048 bytes (setting BODY_LIMIT)' }]
  )
})

t.test('JSON answers say so and end with a newline, errors included', async t => {
  const { call, callOpen } = api
  for (const answer of [
    await call('GET', '/api/functions'),
    await call('GET', '/api/functions/none'),
    await callOpen('GET', '/api/functions')
  ]) {
    t.equal(answer.headers['content-type'], 'application/json')
    t.equal(answer.headers['cache-control'], 'no-store')
    t.match(answer.text, /^\{.*\}\n$/s)
  }
})

t.test('every error carries the id of its request', async t => {
  const { call, callOpen } = api
  const answers = [
    await callOpen('GET', '/api/functions'),
    await call('GET', '/api/functions/none'),
    await call('POST', '/api/functions', '{'),
    await call('GET', '/api/functions/%zz'),
    await call('GET', '/nowhere'),
    await callOpen('POST', '/api/auth/login', { apiKey: 'wrong' }),
    await callOpen('POST', '/api/auth/login', 'nonsense')
  ]
  const ids = answers.map(({ headers }) => headers['x-request-id'])
  t.ok(
    ids.every(id => typeof id === 'string' && id !== ''),
    ids.join(' ')
  )
  t.equal(new Set(ids).size, ids.length)
})

t.test('every list has pages, and reads limit and offset in the same way', async t => {
  const { call, create } = api
  const id = await create()
  const invoked = await call('GET', `/fn/${id}`)
  const execution = String(invoked.headers['x-execution-id'])
  const module = (await call('POST', '/api/modules', { name: 'paged', code: 'return {}' })).json.id
  for (const name of ['a', 'b']) {
    await call('POST', `/api/functions/${id}/keys`, { name })
    await call('POST', '/api/tokens', { name, scopes: ['run'] })
    await call('PUT', '/api/env', { env_vars: { [name]: name } })
    await call('PUT', `/api/functions/${id}/env`, { env_vars: { [name]: name } })
  }
  const lists = await findLists(api)
  t.ok(lists.length >= 16, lists.map(([path]) => path).join(' '))
  for (const [path, parameters] of lists) {
    const ofModule = path.startsWith('/api/modules')
    const owner = path.startsWith('/api/executions') ? execution : ofModule ? module : id
    const page = async (query: string) => {
      const { status, json } = await call('GET', `${path.replace('{id}', owner)}${query}`)
      const [rows] = Object.values(json).filter(Array.isArray)
      return [status, rows?.length, json.pagination] as const
    }
    const [status, , { total }] = await page('')
    t.equal(status, 200, path)
    t.ok(parameters.includes('limit') && parameters.includes('offset'), `${path} says so`)
    for (const [query, limit, offset] of [
      ['', 20, 0],
      ['?limit=1', 1, 0],
      ['?limit=1&offset=1', 1, 1],
      ['?limit=1000&offset=1000', 100, 1000],
      ['?limit=0&offset=-1', 20, 0],
      ['?limit=1.5&offset=1.5', 20, 0],
      ['?limit=%00&offset=x', 20, 0],
      ['?limit=&offset=', 20, 0],
      ['?limit=2&limit=1&offset=0&offset=1', 2, 0],
      [`?limit=${'9'.repeat(400)}&offset=${'9'.repeat(400)}`, 100, Number.MAX_SAFE_INTEGER]
    ] as const) {
      const rows = Math.max(0, Math.min(limit, total - offset))
      t.same(await page(query), [200, rows, { total, limit, offset }], `${path}${query}`)
    }
  }
})

/** Lists that are a part of something, have a cursor, or say what the server is made of. */
const NOT_PAGED = [
  '/api/functions/{id}',
  '/api/functions/{id}/next-run',
  '/api/functions/{id}/diff/{v1}/{v2}',
  '/api/functions/{id}/kv',
  '/api/jobs/{id}',
  '/api/kv',
  '/api/lua',
  '/api/modules/{id}',
  '/api/modules/{id}/diff/{v1}/{v2}',
  '/api/nodes'
]

/** Paths of the lists, with the names of their query parameters. */
async function findLists({ call }: Api): Promise<Array<[path: string, parameters: string[]]>> {
  const { paths, components } = (await call('GET', '/docs/openapi.json')).json
  const named = Object.entries(paths as Record<string, { get?: DocumentedRead }>)
  return named.flatMap(([path, { get }]) => {
    const { schema } = get?.responses['200']?.content?.['application/json'] ?? {}
    const { properties = {} }: DocumentedObject =
      schema?.$ref === undefined ? (schema ?? {}) : components.schemas[basename(schema.$ref)]
    const isList = Object.values(properties).some(({ type }) => type === 'array')
    return isList && !NOT_PAGED.includes(path)
      ? [[path, (get?.parameters ?? []).map(({ name }) => name)]]
      : []
  })
}

interface DocumentedObject {
  readonly $ref?: string
  readonly properties?: Record<string, { readonly type?: string }>
}

interface DocumentedRead {
  readonly parameters?: ReadonlyArray<{ readonly name: string }>
  readonly responses: Record<
    string,
    { readonly content?: Record<string, { readonly schema: DocumentedObject }> }
  >
}

t.test('HEAD answers as GET does, without the body', async t => {
  const { call, create } = api
  const id = await create()
  for (const url of [
    '/api/functions',
    `/api/functions/${id}`,
    `/api/functions/${id}/versions`,
    '/api/functions/none',
    '/docs',
    '/docs/openapi.yaml'
  ]) {
    const [head, get] = [await call('HEAD', url), await call('GET', url)]
    t.equal(head.status, get.status, url)
    t.equal(head.headers['content-type'], get.headers['content-type'], url)
    t.equal(head.headers['content-length'], get.headers['content-length'], url)
    t.equal(head.text, '', url)
  }
})

t.test('an address or method that no route has is 404 in plain text', async t => {
  const { call } = api
  for (const [method, url] of [
    ['GET', '/nowhere'],
    ['GET', '/api/nowhere'],
    ['PATCH', '/api/functions'],
    ['POST', '/api/functions/x'],
    ['DELETE', '/docs']
  ] as const) {
    const { status, headers } = await call(method, url)
    t.equal(status, 404, `${method} ${url}`)
    t.match(headers['content-type'], /^text\/plain/)
  }
})

t.test('a broken escape in the path is 400 with a clear text, on any route', async t => {
  const { call } = api
  for (const url of [
    '/api/functions/%zz',
    '/api/functions/%',
    '/api/functions/%ff',
    '/api/executions/%c3%28/logs',
    '/%e0%a4%a'
  ]) {
    const { status, json, headers } = await call('GET', url)
    t.same(
      [status, json],
      [400, { error: 'The path has a broken percent escape; write a literal % as %25' }],
      url
    )
    t.equal(headers['access-control-allow-origin'], '*')
  }
  t.equal((await call('OPTIONS', '/api/functions/%zz')).status, 204)
  const { paths } = (await call('GET', '/docs/openapi.json')).json
  for (const [path, operations] of Object.entries<Record<string, DocumentedRead>>(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      if (path.includes('{')) t.ok(responses['400'], `${method} ${path} says so`)
    }
  }
  t.ok(paths['/api/functions'].post.responses['409'], 'a slug or route of another function')
  t.ok(paths['/api/functions/{id}'].put.responses['409'])
  t.ok(paths['/api/alerts'].get.responses['400'], 'a filter that is too long')
})

t.test('a very long id is simply not found', async t => {
  const { call } = api
  const { status, json } = await call('GET', `/api/functions/${'x'.repeat(8000)}`)
  t.same([status, json], [404, { error: 'Function not found' }])
})

t.test('odd ids are simply not found', async t => {
  const { call } = api
  for (const id of [
    '..%2f..',
    '%00',
    "x'%20or%201=1--",
    '%F0%9F%98%80',
    '__proto__',
    'constructor'
  ]) {
    t.same((await call('GET', `/api/functions/${id}`)).json, { error: 'Function not found' }, id)
    t.same(
      (await call('PUT', `/api/functions/${id}`, { name: 'x' })).json,
      { error: 'Function not found' },
      id
    )
    t.same((await call('DELETE', `/api/functions/${id}`)).json, { error: 'Function not found' }, id)
    t.same((await call('GET', `/api/executions/${id}`)).json, { error: 'Execution not found' }, id)
  }
})

t.test('what nobody foresaw is told to the log and not to the caller', async t => {
  const { app, call } = await buildApi(t)
  await app.ready()
  await app.storage.close()
  const { status, json, text } = await call('GET', '/api/functions')
  t.same([status, json], [500, { error: 'Internal server error' }])
  t.notMatch(text, /database/)
})
