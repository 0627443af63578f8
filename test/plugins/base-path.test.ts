/** BASE_PATH: the server as it is reached below a path of its host, over real sockets. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { buildApi } from '../helpers/api.js'
import { API_KEY } from '../helpers/build.js'

const ECHO = `function handler(ctx, event)
  return { body = json.encode({ name = ctx.functionName, path = event.path, relativePath = event.relativePath,
    rawPath = event.rawPath, url = ctx.url, baseUrl = ctx.baseUrl, cookies = event:cookies(),
    ownPath = router.path("/a/:id", { id = 1 }), ownUrl = router.url("/a") }) }
end`

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  readonly json: any // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at what is there
}

interface Sent {
  readonly host?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly port?: number
}

async function open(t: Test, settings: Record<string, string> = {}) {
  const api = await buildApi(t, { BASE_PATH: '/moonlet', ...settings })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const { port: own } = api.app.server.address() as AddressInfo
  const send = (path: string, sent: Sent = {}): Promise<Answer> => {
    const { host = 'example.org', method = 'GET', headers = {}, body, port = own } = sent
    const options = { port, host: '127.0.0.1', path, method, agent: false }
    return new Promise((resolve, reject) => {
      http
        .request({ ...options, headers: { Host: host, ...headers } }, response => {
          let text = ''
          response.setEncoding('utf8').on('data', (part: string) => (text += part))
          response.on('end', () => {
            const { statusCode: status = 0, headers: given } = response
            resolve({ status, headers: given, text, json: parse(text) })
          })
        })
        .on('error', reject)
        .end(body)
    })
  }
  const add = async (name: string, change: object = {}): Promise<string> => {
    const made = await api.call('POST', '/api/functions', { name, code: ECHO, ...change })
    t.equal(made.status, 200, made.text)
    return String(made.json.id)
  }
  return { ...api, send, add }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const key = { authorization: `Bearer ${API_KEY}` }
const apart = { FUNCTIONS_HOST: 'fn.example.org', BASE_URL: 'https://example.org/moonlet' }

t.test('everything of the server is below it, and says so in its links', async t => {
  const { send, add } = await open(t, { BASE_URL: 'https://example.org' })
  const id = await add('a', { slug: 'shop' })
  for (const path of [
    '',
    '/',
    '?x=1',
    '/login',
    '/guide/http',
    `/functions/${id}/code`,
    '/preview'
  ]) {
    const page = await send(`/moonlet${path}`)
    t.equal(page.status, 200, path)
    t.match(page.headers['content-type'], 'text/html')
    t.match(page.headers['content-security-policy'], "default-src 'none'")
    const named = [...page.text.matchAll(/"([^"]*\/assets\/[^"]+)"/g)].map(([, address]) => address)
    t.ok(named.length > 0)
    t.ok(named.every(address => address?.startsWith('/moonlet/assets/')))
  }
  const { text } = await send('/moonlet/')
  t.match(text, '<html lang="en" data-theme="auto" data-base-path="/moonlet">')
  const script = /src="(\/moonlet\/assets\/app-[^"]+)"/.exec(text)?.[1] ?? ''
  t.equal((await send(script)).status, 200)
  for (const path of ['/healthz', '/readyz', '/docs/openapi.yaml', '/moonlet.lua']) {
    t.equal((await send(`/moonlet${path}`)).status, 200, path)
  }
  t.match((await send('/moonlet/metrics', { headers: key })).text, 'moonlet_')
  t.equal((await send('/moonlet/api/status')).status, 401)
  t.match((await send('/moonlet/api/status', { headers: key })).json, {
    base_url: 'https://example.org/moonlet',
    functions_url: 'https://example.org/moonlet'
  })
  const document = await send('/moonlet/docs/openapi.json')
  t.same(document.json.servers, [{ url: 'https://example.org/moonlet' }])
  t.equal(document.json.paths['/fn/{id}'].get.servers, undefined)
  const docs = (await send('/moonlet/docs?q=version')).text
  const links = [...docs.matchAll(/(?:href|action)="(\/[^"]*)"/g)].map(([, address]) => address)
  t.ok(links.length > 4)
  t.same(
    links.filter(address => !address?.startsWith('/moonlet/')),
    []
  )
  t.match((await send('/moonlet/llms.txt')).text, 'lives below `/moonlet`')
})

t.test('the page is sent compressed, and again only when it is another', async t => {
  const { send } = await open(t)
  const plain = await send('/moonlet/')
  t.equal(plain.headers['content-encoding'], undefined)
  for (const [accepted, encoding] of [
    ['gzip, br', 'br'],
    ['gzip;q=1.0', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['brotli', undefined]
  ] as const) {
    const { headers } = await send('/moonlet/', { headers: { 'Accept-Encoding': accepted } })
    t.equal(headers['content-encoding'], encoding, accepted)
    t.match(headers.vary, 'Accept-Encoding')
  }
  const { etag = '' } = plain.headers
  const again = await send('/moonlet/', { headers: { 'If-None-Match': `"x", ${etag}` } })
  t.equal(again.status, 304)
  t.equal(again.text, '')
})

t.test('a request outside of it is answered 404, and reaches nothing', async t => {
  const { send, add, call } = await open(t)
  const id = await add('a', { routes: [{ pattern: '/shop/*' }] })
  for (const path of [
    '/',
    '/moonletx/api/status',
    '/Moonlet/',
    '/%6Doonlet/',
    '//moonlet/',
    '/x/../moonlet/',
    '/api/status',
    '/healthz',
    '/shop/1',
    `/fn/${id}`,
    'http://example.org/api/status'
  ]) {
    const { status, headers, text } = await send(path, { headers: key })
    t.equal(status, 404, path)
    t.equal(text, 'Not found: everything here is below /moonlet/\n')
    t.equal(headers['access-control-allow-origin'], '*')
    t.match(headers['x-request-id'], /./)
  }
  const body = { method: 'POST', body: 'x'.repeat(1000) }
  t.equal((await send(`/fn/${id}`, body)).status, 404)
  t.equal((await send('/api/functions', { ...body, headers: key })).status, 404)
  t.equal((await send('/api/functions', { method: 'OPTIONS' })).status, 204)
  t.same((await call('GET', `/api/functions/${id}/executions`)).json.executions, [])
  t.equal((await send('/moonlet/nothing')).text, 'Not found\n', 'what is inside is told as always')
})

t.test('functions see their own path, and give addresses that lead back to them', async t => {
  const { send, add } = await open(t, { BASE_URL: 'https://example.org/moonlet' })
  const id = await add('a', { slug: 'shop', routes: [{ pattern: '/shop/:item' }] })
  const { json, status } = await send(`/moonlet/fn/${id}/x%20y?q=1`)
  t.equal(status, 200)
  t.same(json, {
    name: 'a',
    path: `/fn/${id}/x y`,
    relativePath: '/x y',
    rawPath: `/fn/${id}/x%20y`,
    url: `http://example.org/moonlet/fn/${id}/x%20y?q=1`,
    baseUrl: 'https://example.org/moonlet',
    cookies: {},
    ownPath: `/moonlet/fn/${id}/a/1`,
    ownUrl: `https://example.org/moonlet/fn/${id}/a`
  })
  t.match((await send('/moonlet/fn/shop')).json, { path: '/fn/shop', relativePath: '/' })
  t.match((await send('/moonlet/shop/1')).json, {
    path: '/shop/1',
    url: 'http://example.org/moonlet/shop/1'
  })
  const whole = await send(`http://example.org/moonlet/fn/${id}`)
  t.match(whole.json, { path: `/fn/${id}` }, 'a target in absolute form')
  const job = await send(`/moonlet/fn/${id}`, {
    method: 'POST',
    headers: { Prefer: 'respond-async' }
  })
  t.equal(job.status, 202)
  const { location = '' } = job.headers
  t.equal(location, `/moonlet/api/jobs/${job.json.job_id}`)
  t.equal((await send(location, { headers: key })).status, 200)
  const big = await send(`/moonlet/fn/${id}`, {
    method: 'POST',
    headers: { Expect: '100-continue' },
    body: 'x'
  })
  t.equal(big.status, 200)
})

t.test('a route with a host of its own is there as it stands', async t => {
  const { send, add } = await open(t, { BASE_URL: 'https://example.org' })
  await add('site', { routes: [{ pattern: '/*', host: 'shop.example.org' }] })
  await add('any', { routes: [{ pattern: '/any/:x' }] })
  await add('here', { routes: [{ pattern: '/here', host: 'example.org' }] })
  const shop = { host: 'shop.example.org' }
  const { json } = await send('/a?b=1', shop)
  t.match(json, { name: 'site', path: '/a', url: 'http://shop.example.org/a?b=1' })
  t.match((await send('/moonlet/any/1', shop)).json, { name: 'site', path: '/moonlet/any/1' })
  t.match((await send('/moonlet/any/1', { host: 'other.org' })).json, {
    name: 'any',
    path: '/any/1'
  })
  t.match((await send('/moonlet/here')).json, { name: 'here', path: '/here' })
  t.equal((await send('/here')).status, 404)
  t.equal((await send('/any/1', shop)).json.name, 'site')
  t.equal((await send('/any/1', { host: 'other.org' })).status, 404)
})

t.test('functions on a host of their own are at its top', async t => {
  const { send, add } = await open(t, apart)
  const id = await add('a')
  const there = { host: 'fn.example.org' }
  t.match((await send(`/fn/${id}/x`, there)).json, {
    path: `/fn/${id}/x`,
    url: `http://fn.example.org/fn/${id}/x`,
    baseUrl: 'https://fn.example.org',
    ownPath: `/fn/${id}/a/1`
  })
  const job = await send(`/fn/${id}`, { ...there, headers: { Prefer: 'respond-async' } })
  t.equal(job.headers.location, `https://example.org/moonlet/api/jobs/${job.json.job_id}`)
  for (const path of [`/moonlet/fn/${id}`, '/moonlet/', '/api/status', '/moonlet/api/status']) {
    const { status, text } = await send(path, { ...there, headers: key })
    t.equal(status, 404, path)
    t.equal(text, 'Only functions answer here\n')
  }
  const here = await send(`/moonlet/fn/${id}`)
  t.equal(here.status, 404)
  t.equal(here.text, 'Functions answer at https://fn.example.org\n')
  t.equal((await send(`/fn/${id}`)).status, 404)
  t.match((await send('/moonlet/api/status', { headers: key })).json, {
    base_url: 'https://example.org/moonlet',
    functions_url: 'https://fn.example.org'
  })
  const document = await send('/moonlet/docs/openapi.json')
  t.same(document.json.paths['/fn/{id}'].get.servers, [{ url: 'https://fn.example.org' }])
})

t.test('functions on a port of their own are at its top', async t => {
  const { app, send, add } = await open(t, { FUNCTIONS_HOST: ':0' })
  const id = await add('a')
  const { port, pathname } = new URL(app.functionsUrl())
  t.equal(pathname, '/')
  const there = { port: Number(port) }
  t.match((await send(`/fn/${id}`, there)).json, { path: `/fn/${id}`, ownPath: `/fn/${id}/a/1` })
  t.equal((await send(`/moonlet/fn/${id}`, there)).status, 404)
  t.equal((await send(`/moonlet/fn/${id}`)).status, 404)
})

t.test("the session's cookie is for it alone, and functions do not see it", async t => {
  const { send, add } = await open(t)
  const id = await add('a')
  const login = await send('/moonlet/api/auth/login', {
    method: 'POST',
    body: JSON.stringify({ apiKey: API_KEY })
  })
  const [cookie = ''] = login.headers['set-cookie'] ?? []
  t.match(cookie, /^auth_token=[^;]+; Path=\/moonlet; Max-Age=\d+; HttpOnly; SameSite=Strict$/)
  const headers = { Cookie: `a=b; ${cookie.split(';')[0]}` }
  t.equal((await send('/moonlet/api/functions', { headers })).status, 200)
  t.same((await send(`/moonlet/fn/${id}`, { headers })).json.cookies, { a: 'b' })
  const ended = await send('/moonlet/api/auth/logout', { method: 'POST', headers })
  t.match(ended.headers['set-cookie']?.[0], 'auth_token=; Path=/moonlet; Max-Age=0')
})
