/** Tokens of the management API: making, using and ending them. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Tokens } from '../../../plugins/auth/tokens/tokens.js'
import { buildApi, type Api } from '../../helpers/api.js'
import { temporaryFolder } from '../../helpers/build.js'
import { makeExpired } from '../../helpers/expired.js'
import { openNew } from '../storage/open-storage.js'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const nowSeconds = () => Math.floor(Date.now() / 1000)

async function makeToken(api: Api, wish: Record<string, unknown> = {}) {
  const made = await api.call('POST', '/api/tokens', {
    name: 'CI',
    scopes: ['functions:read'],
    ...wish
  })
  if (made.status !== 201) throw new Error(`making a token gave ${made.status} ${made.text}`)
  return made.json as { id: string; token: string }
}

t.test('a token is shown once, and only its hash is kept', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const api = await buildApi(t, { DATA_DIR })
  const made = await api.call('POST', '/api/tokens', { name: 'CI', scopes: ['run', 'run'] })
  t.equal(made.status, 201)
  t.match(made.json.token, /^moonlet_[A-Za-z0-9_-]{43}$/)
  t.strictSame(Object.keys(made.json).sort(), ['created_at', 'id', 'name', 'scopes', 'token'])
  t.strictSame(made.json.scopes, ['run'])
  const { tokens } = (await api.call('GET', '/api/tokens')).json
  const { token, ...shown } = made.json
  t.strictSame(tokens, [shown])
  await api.app.storage.probe()
  const files = await Promise.all(
    ['moonlet.db', 'moonlet.db-wal'].map(name => readFile(join(DATA_DIR, name)))
  )
  const stored = Buffer.concat(files)
  t.notOk(stored.includes(token), 'the token itself is in no file')
  t.ok(stored.includes(createHash('sha256').update(token).digest()), 'its hash is')
})

t.test('a token opens what its scopes say, wherever the API key is taken', async t => {
  const api = await buildApi(t)
  const { token } = await makeToken(api, { scopes: ['functions:read', 'executions:read'] })
  t.equal((await api.callOpen('GET', '/api/functions', undefined, bearer(token))).status, 200)
  t.equal((await api.callOpen('GET', '/api/status', undefined, bearer(token))).status, 200)
  t.equal((await api.callOpen('GET', '/metrics', undefined, bearer(token))).status, 200)
  const refused = await api.callOpen('POST', '/api/functions', {}, bearer(token))
  t.equal(refused.status, 403)
  t.strictSame(refused.json, { error: 'This token lacks the scope functions:write' })
})

t.test('a token survives a restart, and its end does too', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const first = await buildApi(t, { DATA_DIR })
  const kept = await makeToken(first)
  const ended = await makeToken(first)
  t.equal((await first.call('DELETE', `/api/tokens/${ended.id}`)).status, 204)
  await first.app.close()
  const second = await buildApi(t, { DATA_DIR })
  const open = (token: string) => second.callOpen('GET', '/api/functions', undefined, bearer(token))
  t.equal((await open(kept.token)).status, 200)
  t.equal((await open(ended.token)).status, 401)
})

t.test('an ended token opens nothing from then on', async t => {
  const api = await buildApi(t)
  const { id, token } = await makeToken(api)
  const list = () => api.callOpen('GET', '/api/functions', undefined, bearer(token))
  t.equal((await list()).status, 200)
  t.equal((await api.call('DELETE', `/api/tokens/${id}`)).status, 204)
  const refused = await list()
  t.equal(refused.status, 401)
  t.strictSame(refused.json, { error: 'This token is unknown or has been ended' })
  const again = await api.call('DELETE', `/api/tokens/${id}`)
  t.equal(again.status, 404)
  t.strictSame(again.json, { error: 'Token not found' })
})

t.test('an expired token is refused and says so', async t => {
  const api = await buildApi(t)
  const { token } = await makeExpired(at => makeToken(api, { expires_at: at }))
  const refused = await api.callOpen('GET', '/api/functions', undefined, bearer(token))
  t.equal(refused.status, 401)
  t.strictSame(refused.json, { error: 'This token has expired' })
})

t.test('a token expires to the second, and its use is noted once a minute', async t => {
  const { tokens: store } = await openNew(t)
  const clock = { now: 1_000_000 }
  const tokens = new Tokens({ store, now: () => clock.now })
  const { text } = await tokens.create({
    id: 't1',
    name: 'CI',
    scopes: ['run'],
    functions: undefined,
    expiresAt: clock.now + 100
  })
  const use = (ip: string) => {
    const token = tokens.find(text)
    if (token !== undefined) tokens.noteUse(token, ip)
  }
  use('192.0.2.1')
  clock.now += 59
  use('192.0.2.2')
  t.match(await store.list(), [{ lastUsedAt: 1_000_000, lastUsedIp: '192.0.2.1' }])
  clock.now += 1
  use('192.0.2.3')
  t.match(await store.list(), [{ lastUsedAt: 1_000_060, lastUsedIp: '192.0.2.3' }])
  clock.now += 39
  t.notOk(tokens.isExpired({ expiresAt: 1_000_100 }))
  clock.now += 1
  t.ok(tokens.isExpired({ expiresAt: 1_000_100 }))
})

t.test('the list tells when and from where a token was used last', async t => {
  const api = await buildApi(t)
  const { token } = await makeToken(api)
  const before = nowSeconds()
  await api.callOpen('GET', '/api/functions', undefined, bearer(token))
  const [listed] = (await api.call('GET', '/api/tokens')).json.tokens
  t.ok(listed.last_used_at >= before && listed.last_used_at <= nowSeconds())
  t.equal(listed.last_used_ip, '127.0.0.1')
})

t.test('the stream of a token ends with the token', async t => {
  const api = await buildApi(t)
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = api.app.server.address() as AddressInfo
  const connect = (token: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const url = `http://127.0.0.1:${port}/api/events`
      get(url, { headers: bearer(token), agent: false }, resolve).on('error', reject)
    })
  const scopes = ['executions:read']
  const ended = await makeToken(api, { scopes })
  const expiring = await makeToken(api, { scopes, expires_at: nowSeconds() + 2 })
  const lasting = await makeToken(api, { scopes, expires_at: nowSeconds() + 10 * 366 * 86_400 })
  const streams = await Promise.all([ended, expiring, lasting].map(({ token }) => connect(token)))
  const [first, second, third] = streams
  t.teardown(() => third?.destroy())
  for (const stream of streams) stream.resume()
  t.equal((await api.call('DELETE', `/api/tokens/${ended.id}`)).status, 204)
  await Promise.all([first && once(first, 'end'), second && once(second, 'end')])
  t.notOk(third?.readableEnded, 'one that is good for years goes on')
})

t.test('a function never sees a token of this server, but others that look like one', async t => {
  const api = await buildApi(t)
  const id = await api.create({
    code: `function handler(ctx, event)
      return { body = tostring(event.headers["Authorization"]) .. " " .. tostring(event.query.t) }
    end`
  })
  const { token } = await makeToken(api)
  const foreign = `moonlet_${'a'.repeat(43)}`
  const call = async (text: string) =>
    (await api.callOpen('GET', `/fn/${id}?t=${text}`, undefined, bearer(text))).text
  t.equal(await call(token), 'nil nil')
  t.equal(await call(foreign), `Bearer ${foreign} ${foreign}`)
})

t.test('wrong wishes are refused with what is wrong', async t => {
  const api = await buildApi(t)
  const scopes =
    '[functions:read functions:write run data:read data:write executions:read settings admin]'
  const wishes: Array<[Record<string, unknown>, string]> = [
    [{ name: '' }, 'name: name cannot be empty'],
    [{ name: ' ' }, 'name: name cannot be empty'],
    [{ name: 'n'.repeat(10_000) }, 'name: name cannot be longer than'],
    [{ name: 1 }, 'Invalid request body'],
    [{ scopes: undefined }, `scopes: scopes must be some of: ${scopes}`],
    [{ scopes: [] }, `scopes: scopes must be some of: ${scopes}`],
    [{ scopes: ['functions:read', 'root'] }, `scopes: scopes must be some of: ${scopes}`],
    [{ scopes: ['any'] }, `scopes: scopes must be some of: ${scopes}`],
    [{ scopes: 'run' }, 'Invalid request body'],
    [{ functions: [] }, 'functions: functions must name at least one function'],
    [{ functions: ['nobody'] }, 'functions: there is no function "nobody"'],
    [{ functions: Array(1001).fill('x') }, 'functions: functions cannot name more than 1000'],
    [{ functions: 'x' }, 'Invalid request body'],
    [
      { expires_at: -1 },
      'expires_at: expires_at must be a time in Unix seconds, at most 253402300799, not -1'
    ],
    [{ expires_at: 1.8e12 }, 'expires_at: expires_at must be a time in Unix seconds'],
    [
      { expires_at: 1_700_000_000 },
      'expires_at: expires_at must be in the future, not 1700000000 (2023-11-14T22:13:20Z)'
    ],
    [{ expires_at: nowSeconds() }, `expires_at: expires_at must be in the future, not `],
    [{ expires_at: 'soon' }, 'Invalid request body']
  ]
  for (const [wish, error] of wishes) {
    const refused = await api.call('POST', '/api/tokens', { name: 'n', scopes: ['run'], ...wish })
    t.equal(refused.status, 400, JSON.stringify(wish).slice(0, 100))
    t.ok(String(refused.json.error).startsWith(error), `${refused.json.error}`)
  }
  t.same((await api.call('GET', '/api/tokens')).json.tokens, [])
})

t.test('functions may be named by their slugs and are kept by their ids', async t => {
  const api = await buildApi(t)
  const [one, two] = [await api.create({ slug: 'shop' }), await api.create()]
  const { id } = await makeToken(api, { functions: ['shop', two, one] })
  t.match((await api.call('GET', '/api/tokens')).json.tokens, [{ id, functions: [one, two] }])
})

t.test('a token makes none that may do more than itself', async (t: Test) => {
  const api = await buildApi(t)
  const expiresAt = nowSeconds() + 1000
  const admin = await makeToken(api, { scopes: ['admin'], expires_at: expiresAt })
  const wish = { name: 'n', scopes: ['admin'] }
  const make = (token: string, change = {}) =>
    api.callOpen('POST', '/api/tokens', { ...wish, ...change }, bearer(token))
  t.equal((await make(admin.token, { expires_at: expiresAt })).status, 201)
  for (const change of [{}, { expires_at: expiresAt + 1 }]) {
    const refused = await make(admin.token, change)
    t.equal(refused.status, 403)
    t.match(refused.json.error, /^A token cannot make one that outlives it/)
  }
  const id = await api.create()
  const limited = await makeToken(api, { scopes: ['admin'], functions: [id] })
  t.equal((await make(limited.token)).status, 403)
  const writer = await makeToken(api, { scopes: ['functions:write', 'settings'] })
  t.strictSame((await make(writer.token)).json, { error: 'This token lacks the scope admin' })
})

t.test('a token opens no session of the dashboard', async t => {
  const api = await buildApi(t)
  const { token } = await makeToken(api, { scopes: ['admin'] })
  t.equal((await api.callOpen('POST', '/api/auth/login', { apiKey: token })).status, 401)
})

t.test('an API key that looks like a token is still the key', async t => {
  const API_KEY = `moonlet_${'k'.repeat(43)}`
  const api = await buildApi(t, { API_KEY })
  t.equal((await api.call('GET', '/api/functions')).status, 200)
  const wrong = bearer(`moonlet_${'w'.repeat(43)}`)
  const statuses = new Set<number>()
  for (let i = 0; i < 25; i++) {
    statuses.add((await api.callOpen('GET', '/api/functions', undefined, wrong)).status)
  }
  t.same([...statuses], [401, 429])
  t.equal((await api.call('GET', '/api/functions')).status, 200)
})
