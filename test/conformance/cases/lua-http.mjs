// http: the outgoing client, against a local server.
import {} from 'node:zlib'
import { luaRows, test, bytes, FAILS } from '../lib/dsl.mjs'

export const area = 'lua-http'

/** Runs `code` with URL pointing at a scenario; hands over values and requests. */
function remote(name, options, reply, code, check) {
  return test(name, options, async t => {
    const s = t.mock.scenario(typeof reply === 'function' ? reply : () => reply)
    const { values } = await t.lua(code, { before: `local URL = "${s.url}"` })
    await check(values, s.requests, t, s)
  })
}

const OK = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'fine' }

export default [
  remote(
    'get',
    { share: true },
    OK,
    'local r, err = http.get(URL .. "/x") return r.statusCode, r.body, r.headers["Content-Type"], err == nil',
    (v, [q], t) => {
      t.eq(v, [200, 'fine', 'text/plain', true], 'reply')
      t.eq([q.method, q.path, q.text], ['GET', '/x', ''], 'request')
    }
  ),
  remote(
    'post',
    { share: true },
    OK,
    'return http.post(URL .. "/x", { body = "sent", headers = { ["Content-Type"] = "text/csv" } }).statusCode',
    (v, [q], t) => {
      t.eq(
        [v, q.method, q.text, q.headers['content-type'], q.headers['content-length'] ?? '4'],
        [[200], 'POST', 'sent', 'text/csv', '4'],
        'request'
      )
    }
  ),
  remote(
    'headers-are-sent',
    { share: true },
    OK,
    'http.get(URL, { headers = { ["X-Custom"] = "v", Authorization = "Bearer zz", ["User-Agent"] = "mine/1", ["X-Num"] = 5 } })',
    (v, [q], t) => {
      const h = q.headers
      t.eq(
        [h['x-custom'], h.authorization, h['user-agent'], h['x-num']],
        ['v', 'Bearer zz', 'mine/1', '5'],
        'headers'
      )
    }
  ),
  remote(
    'query-is-sent-encoded',
    { share: true },
    OK,
    'http.get(URL .. "/x", { query = { q = "a b&c", n = 5, u = "é" } })',
    (v, [q], t) => {
      t.eq(Object.fromEntries(q.query), { q: 'a b&c', n: '5', u: 'é' }, 'query')
    }
  ),
  remote(
    'error-status-is-not-an-error',
    { share: true },
    { status: 503, body: 'busy' },
    'local r, err = http.get(URL) return r.statusCode, r.body, err == nil',
    (v, qs, t) => t.eq(v, [503, 'busy', true], 'reply')
  ),
  remote(
    'reply-binary',
    { share: true },
    { body: Buffer.from([0, 255, 128, 1]) },
    'return http.get(URL).body',
    (v, qs, t) => t.eq(v, [bytes('00ff8001')], 'body')
  ),
  remote(
    'reply-header-names-are-canonical',
    { share: true },
    { headers: { 'x-rate-limit': '9', 'content-type': 'text/x' }, body: 'x' },
    'local h = http.get(URL).headers return h["X-Rate-Limit"], h["Content-Type"], h["x-rate-limit"] == nil',
    (v, qs, t) => t.eq(v, ['9', 'text/x', true], 'headers')
  ),
  remote(
    'redirect-is-followed',
    { share: true },
    (q, res, s) =>
      q.path === '/old'
        ? { status: 302, headers: { location: `${s.url}/new?z=1` } }
        : { body: `${q.method} ${q.path}${q.search}` },
    'local r = http.get(URL .. "/old") return r.statusCode, r.body',
    (v, qs, t) => t.eq(v, [200, 'GET /new?z=1'], 'reply')
  ),
  luaRows(
    'refused-connection-is-an-error',
    { share: true },
    ['http.get("http://127.0.0.1:1/")', FAILS],
    ['http.post("http://127.0.0.1:1/")', FAILS]
  ),
  luaRows(
    'wrong-urls-are-errors',
    { share: true },
    ['http.get("not a url")', FAILS],
    ['http.get("ftp://127.0.0.1/x")', FAILS],
    ['http.post("", { body = "x" })', FAILS]
  )
]
