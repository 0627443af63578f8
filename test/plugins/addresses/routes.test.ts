/** Functions at patterns and hosts of their own, over HTTP. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { buildApi } from '../../helpers/api.js'

const ECHO = `function handler(ctx, event)
  return { body = json.encode({ name = ctx.functionName, path = event.path, relativePath = event.relativePath,
    rawPath = event.rawPath, params = event.params, url = ctx.url, method = event.method }) }
end`

async function open(t: Test, settings: Record<string, string> = {}) {
  const api = await buildApi(t, settings)
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = api.app.server.address() as AddressInfo
  const send = async (
    path: string,
    host: string | Record<string, string> = 'localhost',
    method = 'GET',
    to = port
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at what is there
  ): Promise<any> =>
    await new Promise((resolve, reject) => {
      const headers = typeof host === 'string' ? { Host: host } : host
      http
        .request({ port: to, host: '127.0.0.1', path, method, agent: false, headers }, response => {
          let text = ''
          response.setEncoding('utf8').on('data', (part: string) => (text += part))
          response.on('end', () => {
            const isEcho = response.headers['x-execution-id'] !== undefined && text !== ''
            resolve({ status: response.statusCode, text, ...(isEcho ? JSON.parse(text) : {}) })
          })
        })
        .on('error', reject)
        .end()
    })
  const add = (name: string, routes: unknown) =>
    api.call('POST', '/api/functions', { name, code: ECHO, routes })
  const set = (id: string, routes: unknown) => api.call('PUT', `/api/functions/${id}`, { routes })
  return { ...api, port, send, add, set }
}

t.test('a pattern gives its parameters, and what its * matched', async t => {
  const { send, add, call } = await open(t)
  const { json } = await add('shop', [
    { pattern: '/shop/:item' },
    { pattern: '/files/*', methods: ['GET'] }
  ])
  t.match(await send('/shop/a%2Fb%20%C3%BC?x=1'), {
    status: 200,
    name: 'shop',
    params: { item: 'a/b ü' },
    relativePath: '/',
    path: '/shop/a/b ü',
    rawPath: '/shop/a%2Fb%20%C3%BC',
    url: 'http://localhost/shop/a%2Fb%20%C3%BC?x=1'
  })
  t.match(await send('/files/a/b%20c'), { name: 'shop', params: {}, relativePath: '/a/b c' })
  t.match(await send('/shop/1', 'localhost', 'POST'), { method: 'POST' })
  t.equal((await send('/files/a', 'localhost', 'POST')).status, 404, 'only its methods')
  t.equal((await send('/shop/1/2')).status, 404)
  t.equal((await send('/shop/%zz')).status, 400)
  const executions = (await call('GET', `/api/functions/${json.id}/executions`)).json
  t.equal(executions.pagination.total, 3, 'they are calls of the function')
})

t.test('a host of its own is a whole site, and all other hosts stay as they are', async t => {
  const { send, add } = await open(t)
  await add('site', [{ pattern: '/*', host: 'Shop.Example.org' }])
  await add('other', [{ pattern: '/only', host: 'other.example.org' }, { pattern: '/page' }])
  for (const host of ['shop.example.org', 'SHOP.example.org:8080', 'shop.example.org.']) {
    for (const path of ['/', '/api/functions', '/fn/x', '/page', '/a/b']) {
      t.match(await send(path, host), { name: 'site', relativePath: path })
    }
  }
  t.match(await send('/only', 'other.example.org'), { name: 'other' })
  t.match(await send('/page', 'other.example.org'), { name: 'other' })
  t.equal((await send('/only')).status, 404)
  t.equal((await send('/api/functions')).status, 401, 'the API of the server')
  t.equal((await send('/api/functions', 'other.example.org')).status, 401)
})

t.test('a part of a path may have several parameters, and one may be limited', async t => {
  const { send, add } = await open(t)
  const { status } = await add('days', [
    { pattern: '/day/:year-:month-:day.:form' },
    { pattern: '/item/:id(^\\d+$)' },
    { pattern: '/photo/:size(small|large).png' },
    { pattern: '/code/:code([a-f\\d-]{2,4})' },
    { pattern: '/many/:a-:b-:c-:d-:e.x' }
  ])
  t.equal(status, 200)
  t.match(await send('/day/2026-11-30.json'), {
    params: { year: '2026', month: '11', day: '30', form: 'json' }
  })
  t.match(await send('/item/12'), { params: { id: '12' } })
  t.match(await send('/photo/small.png'), { params: { size: 'small' } })
  t.match(await send('/code/a-9'), { params: { code: 'a-9' } })
  // Of patterns that are taken no path can make the router try for long.
  const long = ['/item/1x', '/photo/medium.png', '/code/abcde', `/many/${'-'.repeat(10_000)}`]
  for (const path of long) t.equal((await send(path)).status, 404, path.slice(0, 20))
})

t.test('what cannot be served is refused: bad patterns, and more than 20', async t => {
  const { add, create, set } = await open(t)
  const many = Array.from({ length: 21 }, (_, i) => ({ pattern: `/p${i}` }))
  const id = await create()
  t.equal((await set(id, many.slice(1))).status, 200)
  for (const routes of [
    many,
    [{ pattern: 'shop' }],
    [{ pattern: '/*/a' }],
    [{ pattern: '/:a(' }],
    [{ pattern: '/x/:a((a+)+$)' }],
    [{ pattern: '/a/:x' }, { pattern: '/a/:y' }],
    [{ pattern: '/a', methods: ['FETCH'] }],
    [{ pattern: '/a', host: 'a b' }]
  ]) {
    const { status, json } = await add('bad', routes)
    t.equal(status, 400, JSON.stringify(routes).slice(0, 60))
    t.match(json.error, /^routes: /)
  }
})

t.test('a pattern that another function has is refused with its name', async t => {
  const { add, create, set } = await open(t)
  const first = (await add('Shop', [{ pattern: '/shop/:item', methods: ['GET'] }])).json
  const second = await create()
  for (const pattern of ['/shop/:item', '/shop/:other']) {
    const { status, json } = await set(second, [{ pattern }])
    t.equal(status, 409)
    t.match(json.error, `is a route of the function "Shop" (${first.id})`)
  }
  t.equal((await set(second, [{ pattern: '/shop/:item', methods: ['POST'] }])).status, 200)
  t.equal((await set(second, [{ pattern: '/shop/:item', host: 'a.example' }])).status, 200)
  t.equal((await set(first.id, [{ pattern: '/shop/:name' }])).status, 200, 'its own')
})

t.test('a pattern that would hide a page of the server is refused with what has it', async t => {
  const { add } = await open(t, { BASE_URL: 'https://moonlet.example.org' })
  for (const [pattern, owner, host] of [
    ['/api/functions', /the API/],
    ['/api/*', /the API/],
    ['/healthz', /health/],
    ['/metrics', /metrics/],
    ['/', /the dashboard/],
    ['/login', /the dashboard/],
    ['/fn/x', /the functions' own addresses/],
    ['/*', /would hide/],
    ['/:page', /would hide/],
    ['/*', /would hide/, 'moonlet.example.org'],
    ['/api/x', /the API/, '127.0.0.1']
  ] as const) {
    const { status, json } = await add('f', [{ pattern, ...(host === undefined ? {} : { host }) }])
    t.equal(status, 409, pattern)
    t.match(json.error, owner)
  }
})

t.test('with FUNCTIONS_HOST routes are served there, a catch-all too', async t => {
  const { app, send, add } = await open(t, { FUNCTIONS_HOST: ':0' })
  t.equal((await add('site', [{ pattern: '/*' }])).status, 200)
  const there = Number(new URL(app.functionsUrl()).port)
  t.match(await send('/api/functions', 'localhost', 'GET', there), { name: 'site' })
  t.equal((await send('/api/functions')).status, 401)
  t.equal((await send('/a')).status, 404)
  t.equal((await send('/fn/unknown', 'localhost', 'GET', there)).status, 404)
})

t.test('with a host name for functions, routes without a host are served there alone', async t => {
  const { send, add } = await open(t, {
    BASE_URL: 'https://moonlet.example.org',
    FUNCTIONS_HOST: 'fn.example.org'
  })
  t.equal((await add('page', [{ pattern: '/page' }])).status, 200)
  t.equal((await add('site', [{ pattern: '/*', host: 'shop.example.org' }])).status, 200)
  t.match(await send('/page', 'FN.example.org:443'), { name: 'page' })
  t.match(await send('/page', 'shop.example.org'), { name: 'site' })
  t.equal((await send('/page', 'moonlet.example.org')).status, 404)
  t.equal((await send('/api/functions', 'moonlet.example.org')).status, 401)
  t.equal((await send('/api/functions', 'fn.example.org')).status, 404)
})

t.test('behind a trusted proxy the host is that of its client, and of nobody else', async t => {
  const settings = { BASE_URL: 'https://moonlet.example.org', FUNCTIONS_HOST: 'fn.example.org' }
  const forwarded = (name: string) => ({
    Host: 'inside:3000',
    'X-Forwarded-Host': name,
    'X-Forwarded-Proto': 'https'
  })
  for (const TRUST_PROXY of ['127.0.0.1', '10.0.0.1', 'false']) {
    const { send, add } = await open(t, { ...settings, TRUST_PROXY })
    await add('page', [{ pattern: '/page' }])
    await add('site', [{ pattern: '/*', host: 'shop.example.org' }])
    const isTrusted = TRUST_PROXY === '127.0.0.1'
    t.equal((await send('/page', forwarded('fn.example.org'))).name, isTrusted ? 'page' : undefined)
    const { name, url } = await send('/a?b=1', forwarded('evil.example, shop.example.org'))
    t.same(
      { name, url },
      isTrusted
        ? { name: 'site', url: 'https://shop.example.org/a?b=1' }
        : { name: undefined, url: undefined }
    )
  }
})

t.test(
  'calls by route wait in the same queue as others, and are turned away like them',
  async t => {
    const { send, create } = await open(t, { SANDBOX_MAX: '1', QUEUE_LIMIT: '1' })
    const code = 'function handler() time.sleep(2000) return { body = "{}" } end'
    await create({ code, routes: [{ pattern: '/slow' }] })
    const all = await Promise.all(Array.from({ length: 8 }, () => send('/slow')))
    const count = (status: number) => all.filter(answer => answer.status === status).length
    t.ok(count(503) >= 1, 'some found the queue full')
    t.ok(count(200) >= 1, 'some were served')
    t.equal(count(503) + count(200), 8)
  }
)

t.test('a change holds for the next call, while others are being made', async t => {
  const { send, create, set } = await open(t)
  const id = await create({ code: ECHO })
  const changing = new AbortController()
  const calls = (async () => {
    while (!changing.signal.aborted) t.ok([200, 404].includes((await send('/moving/x')).status))
  })()
  for (let round = 0; round < 15; round++) {
    await set(id, [{ pattern: '/moving/:x' }, { pattern: `/r${round}` }])
    t.equal((await send(`/r${round}`)).status, 200)
    t.equal((await send('/moving/x')).status, 200)
    await set(id, [])
    t.equal((await send('/moving/x')).status, 404)
  }
  changing.abort()
  await calls
})

t.test('routes of an internal function are not there', async t => {
  const { send, create } = await open(t)
  const routes = [{ pattern: '/inside' }]
  await create({ code: ECHO, routes, access: { mode: 'internal' } })
  t.same(await send('/inside'), await send('/nothing'))
})
