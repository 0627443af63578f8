/** What a handler is told of a request as it was sent: undecoded, with all values, from where and to which address. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { buildApi } from '../../../helpers/api.js'

const API_KEY = 'a-long-key-of-the-management-api'
const ECHO = `function handler(ctx, event)
  local names = { "method", "path", "relativePath", "rawPath", "rawQuery", "queryAll", "headersAll", "params", "ip" }
  local seen = { url = ctx.url }
  for _, name in ipairs(names) do seen[name] = event[name] end
  return { body = json.encode(seen) }
end`

async function open(t: Test, settings: Record<string, string> = {}) {
  const api = await buildApi(t, { API_KEY, ...settings })
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = api.app.server.address() as AddressInfo
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at what is there
  const send = async (path: string, headers: readonly string[] = []): Promise<any> =>
    await new Promise((resolve, reject) => {
      const options = { port, host: '127.0.0.1', path, agent: false, setHost: false }
      const host = headers.includes('Host') ? [] : ['Host', `127.0.0.1:${port}`]
      http
        .request({ ...options, headers: [...host, ...headers] }, response => {
          response.setEncoding('utf8')
          let text = ''
          response.on('data', (part: string) => (text += part))
          response.on('end', () => {
            if (response.statusCode !== 200) t.comment(text)
            resolve(JSON.parse(text))
          })
        })
        .on('error', reject)
        .end()
    })
  const id = await api.create({ code: ECHO, slug: 'echo' })
  return { ...api, port, send, id }
}

t.test('path and query are also given as they were sent', async t => {
  const { send, id } = await open(t)
  t.match(await send(`/fn/${id}/a%2Fb/c%20d?x=%2F&y+z=1&x=2`), {
    path: `/fn/${id}/a/b/c d`,
    relativePath: '/a/b/c d',
    rawPath: `/fn/${id}/a%2Fb/c%20d`,
    rawQuery: 'x=%2F&y+z=1&x=2',
    queryAll: { x: ['/', '2'], 'y z': ['1'] }
  })
  t.match(await send('/fn/echo'), { rawPath: '/fn/echo', rawQuery: '' })
  t.match(await send('/fn/echo?'), { rawPath: '/fn/echo', rawQuery: '' })
  t.match(await send('/fn/echo/?a;b=%zz?&c'), { rawPath: '/fn/echo/', rawQuery: 'a;b=%zz?&c' })
  t.match(await send('http://other.example/fn/echo?q=1'), { rawPath: '/fn/echo', rawQuery: 'q=1' })
})

t.test(
  'headersAll and queryAll have every value in order, and what is hidden is in none of them',
  async t => {
    const { send } = await open(t)
    const seen = await send('/fn/echo?a=1&b=2&a=3&a=', [
      ...['x-a', '1', 'X-B', 'b', 'X-A', '2', 'x-A', '3'],
      ...['Cookie', 'auth_token=secret', 'Cookie', 'a=1; auth_token=secret; b=2'],
      ...['X-Trigger', 'cron', 'Authorization', `Bearer ${API_KEY}`]
    ])
    t.same(seen.queryAll, { a: ['1', '3', ''], b: ['2'] })
    t.same(seen.headersAll, { Connection: ['close'], 'X-A': ['1', '2', '3'], 'X-B': ['b'] })
  }
)

t.test('the key of the API is in none of the fields', async t => {
  const { send } = await open(t)
  for (const path of [
    `/fn/echo?key=${API_KEY}&a=1`,
    `/fn/echo?a=1&a=${API_KEY}`,
    `/fn/echo?a=1&b;key=${API_KEY}`,
    `/fn/echo?a=1&key=%${API_KEY.charCodeAt(0).toString(16)}${API_KEY.slice(1)}`
  ]) {
    const seen = await send(path, ['X-A', '1', 'X-A', API_KEY])
    t.notMatch(JSON.stringify(seen), API_KEY.slice(1))
    t.equal(seen.rawQuery, 'a=1')
    t.match(seen, { queryAll: { a: ['1'] }, headersAll: { 'X-A': ['1'] } })
  }
})

t.test(
  'ctx.url is the address that the caller used, event.ip where the call came from',
  async t => {
    const { send, port, id } = await open(t)
    t.match(await send('/fn/echo/a%2Fb?x=1'), {
      url: `http://127.0.0.1:${port}/fn/echo/a%2Fb?x=1`,
      ip: '127.0.0.1'
    })
    const forwarded = ['X-Forwarded-Proto', 'https', 'X-Forwarded-Host', 'evil.example']
    const seen = await send(`/fn/${id}`, ['Host', 'Shop.example.org:8080', ...forwarded])
    t.match(seen, { url: `http://Shop.example.org:8080/fn/${id}`, ip: '127.0.0.1' })
  }
)

t.test('behind a trusted proxy host, scheme and address are those of the client', async t => {
  const { send } = await open(t, { TRUST_PROXY: '127.0.0.1' })
  const headers = [
    ...['Host', 'inner:3000', 'X-Forwarded-For', '10.9.8.7, 203.0.113.9'],
    ...['X-Forwarded-Host', 'shop.example.org', 'X-Forwarded-Proto', 'https']
  ]
  t.match(await send('/fn/echo?a=1', headers), {
    url: 'https://shop.example.org/fn/echo?a=1',
    ip: '203.0.113.9'
  })
  t.match(await send('/fn/echo', ['Host', 'inner', 'X-Forwarded-Proto', 'javascript:alert(1)']), {
    url: 'http://inner/fn/echo'
  })
})

t.test('a rerun has all values again; drafts and schedules have sensible ones', async t => {
  const { app, call, send, id } = await open(t)
  await send('/fn/echo/a%2Fb?x=1&x=2&token=first&token=second', ['X-A', '1', 'X-A', '2'])
  const [execution] = (await call('GET', `/api/functions/${id}/executions`)).json.executions
  t.match(JSON.parse(execution.event_json), {
    moreHeaders: [{ 'X-A': '2' }],
    moreQuery: [{ x: '2' }, { token: '[REDACTED]' }]
  })
  await call('PUT', `/api/functions/${id}`, { save_response: true })
  const rerun = await call('POST', `/api/executions/${execution.id}/rerun`)
  const { response_json: response } = (
    await call('GET', `/api/executions/${rerun.json.execution_id}`)
  ).json
  t.match(JSON.parse(JSON.parse(response).body), {
    path: '/fn/echo/a/b',
    rawPath: '/fn/echo/a/b',
    queryAll: { x: ['1', '2'], token: ['[REDACTED]', '[REDACTED]'] },
    headersAll: { 'X-A': ['1', '2'] },
    ip: '127.0.0.1'
  })
  const event = { path: '/ü b', query: { q: 'a b&c' } }
  const draft = await call('POST', `/api/functions/${id}/draft`, { code: ECHO, event })
  t.match(JSON.parse(draft.json.body), {
    url: `${app.functionsUrl()}/fn/${id}/%C3%BC%20b?q=a%20b%26c`,
    rawPath: `/fn/${id}/%C3%BC%20b`,
    rawQuery: 'q=a%20b%26c',
    queryAll: { q: ['a b&c'] },
    ip: '127.0.0.1'
  })
})
