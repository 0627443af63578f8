// url.parse, url.encode and url.decode.
import { luaRows } from '../lib/dsl.mjs'

export const area = 'lua-url'

/** Row: url.parse(text) gives these parts (others are not compared). */
const parsed = (text, parts) => [
  `url.parse("${text}")`,
  ([got], t, expr) => {
    t.ok(got && typeof got === 'object', `${expr} is a table`, got)
    for (const [k, v] of Object.entries(parts)) t.eq(got[k] ?? null, v, `${expr}.${k}`)
  }
]

export default [
  luaRows(
    'parse-everything',
    { share: true },
    parsed('https://ann:s3cret@example.com:8443/a/b?x=1&y=two#part', {
      scheme: 'https',
      host: 'example.com:8443',
      path: '/a/b',
      fragment: 'part',
      query: { x: '1', y: 'two' },
      username: 'ann',
      password: 's3cret'
    })
  ),
  luaRows(
    'parse-minimal',
    { share: true },
    parsed('http://example.com', {
      scheme: 'http',
      host: 'example.com',
      path: '',
      fragment: '',
      query: {},
      username: null,
      password: null
    }),
    parsed('http://example.com/', { path: '/' }),
    parsed('http://ann@example.com/', { host: 'example.com', username: 'ann', password: null })
  ),
  luaRows(
    'parse-repeated-query-key-is-a-list',
    { share: true },
    parsed('http://e.com/?tag=a&tag=b&one=1', { query: { tag: ['a', 'b'], one: '1' } })
  ),
  luaRows(
    'parse-relative',
    { share: true },
    parsed('/only/path?x=1', { scheme: '', host: '', path: '/only/path', query: { x: '1' } }),
    parsed('', { scheme: '', host: '', path: '' })
  ),
  luaRows(
    'encode',
    { share: true },
    ['url.encode("hello world")', 'hello+world'],
    ['url.encode("a=b&c/d?e+f#g:h@i,j;k$")', 'a%3Db%26c%2Fd%3Fe%2Bf%23g%3Ah%40i%2Cj%3Bk%24'],
    ['url.encode("é漢")', '%C3%A9%E6%BC%A2'],
    ['url.encode("")', '']
  ),
  luaRows(
    'decode',
    { share: true },
    ['url.decode("a%20b+c%2Bd%C3%A9")', 'a b c+dé'],
    ['url.decode("%c3%a9%2f")', 'é/'],
    ['url.decode("plain")', 'plain'],
    ['url.decode("")', '']
  )
]
