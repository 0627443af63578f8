/** What the configurations for proxies promise, each tried by an attack, on a real proxy before a real server. */
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import root, { type Test } from 'tap'
import { buildApi, type Api } from '../helpers/api.js'
import { API_KEY } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'
import { startGate } from '../helpers/gate.js'
import type { Proxy, ProxyProgram } from '../helpers/proxy.js'

/** More than nginx takes unless it is told otherwise. */
const BODY_LIMIT = 2 * 1024 ** 2
/** Of the caller; that of the proxy is 127.0.0.1. */
const CALLER = '127.0.0.2'
/** Only a failing test waits for it. */
const DEADLINE_MS = 60_000
const key = { authorization: `Bearer ${API_KEY}` }

const ECHO = `function handler(ctx, event)
  return { headers = { ["X-Accel-Redirect"] = "/", ["X-Accel-Limit-Rate"] = "1" }, body = json.encode({
    ip = event.ip, url = ctx.url, rawPath = event.rawPath, rawQuery = event.rawQuery,
    size = #event.body, long = #(event:header("x-long") or "") }) }
end`

interface Address {
  readonly host: string
  readonly prefix: string
}

interface World extends Api {
  readonly proxy: Proxy
  readonly dashboard: Address
  readonly functions: Address
  readonly ask: (at: Address, path: string, sent?: Sent) => Promise<Answer>
  readonly open: (at: Address, path: string, sent?: Sent) => Promise<IncomingMessage>
}

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  /** A list is sent in chunks. */
  readonly body?: string | readonly string[]
  readonly isPlain?: boolean
}

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  readonly json: any // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at what is there
}

export function keepsPromises(proxy: ProxyProgram): void {
  const skip = proxy.program === undefined ? `there is no ${proxy.name}` : false
  if (skip !== false) console.error(`# Skipped, as ${skip}: what ${proxy.file} promises`)

  root.test(`${proxy.file}: names of their own`, { skip }, async t => {
    const moonlet = { host: 'moonlet.example.org', prefix: '' }
    const functions = { host: 'functions.example.org', prefix: '' }
    const world = await open(t, proxy, { dashboard: moonlet, functions })
    await sendsOnToHttps(t, world)
    await keepsApart(t, world)
    await keepsShared(t, world)
  })

  root.test(`${proxy.file}: below a path`, { skip }, async t => {
    const below = { host: 'www.example.org', prefix: '/moonlet' }
    const world = await open(t, proxy, { dashboard: below, functions: below })
    await sendsOnToHttps(t, world)
    await livesBelow(t, world)
    await keepsShared(t, world)
  })
}

async function open(
  t: Test,
  program: ProxyProgram,
  { dashboard, functions }: Pick<World, 'dashboard' | 'functions'>
): Promise<World> {
  const isApart = dashboard !== functions
  const api = await buildApi(t, {
    BASE_URL: `https://${dashboard.host}`,
    BASE_PATH: dashboard.prefix,
    TRUST_PROXY: '127.0.0.1',
    HTTP_ALLOW_PRIVATE: 'true',
    BODY_LIMIT: String(BODY_LIMIT),
    ...(isApart ? { FUNCTIONS_HOST: functions.host } : {})
  })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const moonlet = (api.app.server.address() as AddressInfo).port
  const proxy = await program.start(t, { moonlet })
  const openAt: World['open'] = async ({ host, prefix }, path, sent = {}) => {
    const { method = 'GET', headers = {}, body, isPlain = false } = sent
    const port = isPlain ? proxy.http : proxy.https
    const request = (isPlain ? http : https).request({
      ...{ host: '127.0.0.1', localAddress: CALLER, port, servername: host, agent: false },
      ...{ method, path: prefix + path, rejectUnauthorized: false },
      headers: { Host: host, ...headers }
    })
    t.teardown(() => request.destroy())
    request.on('error', () => {})
    if (Array.isArray(body)) for (const part of body) request.write(part)
    request.end(typeof body === 'string' ? body : undefined)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return response.setEncoding('utf8').on('error', () => {})
  }
  const ask: World['ask'] = async (at, path, sent) => {
    const response = await openAt(at, path, sent)
    let text = ''
    for await (const part of response) text += String(part)
    const { statusCode: status = 0, headers } = response
    return { status, headers, text, json: parse(text) }
  }
  return { ...api, proxy, dashboard, functions, open: openAt, ask }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Settles with what has come once it fits. */
async function read(response: IncomingMessage, pattern: RegExp): Promise<string> {
  let text = ''
  return await new Promise((resolve, reject) => {
    const late = setTimeout(() => response.destroy(), DEADLINE_MS)
    const look = (part: string): void => {
      text += part
      if (!pattern.test(text)) return
      clearTimeout(late)
      response.off('data', look)
      resolve(text)
    }
    response.on('data', look)
    response.once('close', () => {
      clearTimeout(late)
      reject(new Error(`closed without ${pattern}: ${text}`))
    })
  })
}

async function sendsOnToHttps(t: Test, { ask, dashboard, functions }: World): Promise<void> {
  for (const at of new Set([dashboard, functions])) {
    const sent = { method: 'POST', isPlain: true, headers: key }
    const { status, headers } = await ask(at, '/fn/x?y=1', sent)
    t.equal(status, 308, 'a POST stays one')
    t.equal(
      headers.location?.replace(/:\d+\//, '/'),
      `https://${at.host}${at.prefix}/fn/x?y=1`,
      'http leads to https'
    )
  }
}

async function keepsApart(t: Test, world: World): Promise<void> {
  const { ask, create, dashboard, functions } = world
  const id = await create({ code: ECHO })
  // Nobody talks the server into another host.
  for (const forwarded of [undefined, dashboard.host, functions.host]) {
    const headers = {
      ...key,
      ...(forwarded === undefined ? {} : { 'X-Forwarded-Host': forwarded })
    }
    for (const path of ['/', '/api/functions', '/docs', '/login']) {
      const { status, text } = await ask(functions, path, { headers })
      t.equal(status, 404, `the functions' host has no ${path}`)
      t.equal(text, 'Only functions answer here\n')
      t.equal((await ask(dashboard, path, { headers })).status, 200, path)
    }
    t.equal((await ask(dashboard, `/fn/${id}`, { headers })).status, 404)
    t.equal((await ask(functions, `/fn/${id}`, { headers })).status, 200)
  }
}

async function livesBelow(t: Test, { ask, open, dashboard }: World): Promise<void> {
  const top = { host: dashboard.host, prefix: '' }
  t.match(await ask(top, '/'), { status: 200, text: 'something else\n' })
  for (const path of ['/api/status', '/healthz', '/moonletx/healthz']) {
    const { status, text } = await ask(top, path, { headers: key })
    t.equal(status, 404)
    t.notMatch(text, 'everything here is below', 'which the proxy itself has said')
  }
  t.equal((await ask(top, '/%6Doonlet/healthz')).status, 404)
  t.match(await ask(dashboard, '/healthz'), { status: 200, json: { status: 'ok' } })
  const bare = await open(top, '/moonlet')
  bare.resume()
  const leadsIn = bare.statusCode === 200 || /\/moonlet\/$/.test(bare.headers.location ?? '')
  t.ok(leadsIn, 'without the slash it is found as well')
}

async function keepsShared(t: Test, world: World): Promise<void> {
  await believesNobody(t, world)
  await signsIn(t, world)
  await takesBodies(t, world)
  await sendsEventsAtOnce(t, world)
  await streams(t, world)
}

async function believesNobody(t: Test, { ask, create, functions }: World): Promise<void> {
  const id = await create({ code: ECHO })
  const path = `/fn/${id}/a%2Fb//c/../d?x=%20&y`
  const { status, json } = await ask(functions, path, {
    headers: {
      'X-Forwarded-For': '203.0.113.7',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'http',
      'X-Real-IP': '203.0.113.7',
      Forwarded: 'for=203.0.113.7;host=evil.example;proto=http',
      'X-Long': 'x'.repeat(12_000)
    }
  })
  t.equal(status, 200, 'what a function answers to the proxy itself has no effect')
  t.same(json, {
    ip: CALLER,
    url: `https://${functions.host}${functions.prefix}${path}`,
    rawPath: `/fn/${id}/a%2Fb//c/../d`,
    rawQuery: 'x=%20&y',
    size: 0,
    long: 12_000
  })
}

async function signsIn(t: Test, { ask, dashboard }: World): Promise<void> {
  const body = JSON.stringify({ apiKey: API_KEY })
  const login = (Origin: string) =>
    ask(dashboard, '/api/auth/login', { method: 'POST', headers: { Origin }, body })
  const { status, headers } = await login(`https://${dashboard.host}`)
  t.equal(status, 200)
  const path = dashboard.prefix === '' ? '/' : dashboard.prefix
  t.match(headers['set-cookie']?.[0], new RegExp(`; Path=${path}; .*; Secure$`))
  t.equal((await login('https://evil.example')).status, 403)
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const { json } = await ask(dashboard, '/api/auth/sessions', { headers: { cookie } })
  t.match(json.sessions, [{ address: CALLER }])
}

async function takesBodies(t: Test, { ask, create, functions }: World): Promise<void> {
  const id = await create({ code: ECHO })
  const half = 'x'.repeat(BODY_LIMIT / 2)
  const post = (body: Sent['body']) => ask(functions, `/fn/${id}`, { method: 'POST', body })
  t.match(await post(half + half), { status: 200, json: { size: BODY_LIMIT } })
  t.match(await post([half, half]), { status: 200, json: { size: BODY_LIMIT } })
  for (const tooLarge of [`${half}${half}x`, [half, half, 'x'], half.repeat(20)]) {
    let said = ''
    const send = async () => {
      const { status, json } = await post(tooLarge)
      said = String(json?.error)
      return status
    }
    // Who still sends when the answer comes may find the connection closed, and then asks again.
    await eventually(t, send, 413)
    t.match(said, /larger than|too large|BODY_LIMIT/i, 'in the form of all errors')
  }
}

async function sendsEventsAtOnce(t: Test, world: World): Promise<void> {
  const { ask, open, create, dashboard, functions } = world
  const id = await create()
  const stream = await open(dashboard, `/api/events?function_id=${id}`, { headers: key })
  t.equal(stream.statusCode, 200)
  const event = read(stream, /event: execution\n[^]*"status":"success"/)
  t.equal((await ask(functions, `/fn/${id}`)).status, 200)
  t.match(await event, id, 'an event comes while the stream is open')
  stream.destroy()
}

async function streams(t: Test, { open, call, create, functions }: World): Promise<void> {
  const gate = await startGate(t)
  const id = await create({
    code: `function handler(ctx, event)
  return { headers = { ["Content-Type"] = "text/html" }, body = function(write)
    write("first")
    if event.query.endless then
      repeat time.sleep(20) until not write("more")
      log.info("the caller has left")
      return
    end
    http.get("http://127.0.0.1:${gate.port}/")
    write("last")
  end }
end`
  })
  const answer = await open(functions, `/fn/${id}`)
  await read(answer, /first$/)
  const rest = read(answer, /last$/)
  // Compressed by the proxy or not: bytes come before the function has written all.
  const zipped = await open(functions, `/fn/${id}`, { headers: { 'Accept-Encoding': 'gzip' } })
  await read(zipped, /./)
  gate.open()
  t.equal(await rest, 'last', 'each text comes when it is written')
  zipped.destroy()

  const endless = await open(functions, `/fn/${id}?endless=1`)
  await read(endless, /more/)
  endless.destroy()
  const executionId = String(endless.headers['x-execution-id'])
  await eventually(
    t,
    async () => (await call('GET', `/api/executions/${executionId}/logs`)).text,
    /the caller has left/,
    'the function learns that its caller has left'
  )
}
