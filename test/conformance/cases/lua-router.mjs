// router: path patterns and link building.
import { luaRows, test } from '../lib/dsl.mjs'

export const area = 'lua-router'

const match = (path, pattern, want) => [`router.match("${path}", "${pattern}")`, want]
const params = (path, pattern, want) => [`router.params("${path}", "${pattern}")`, want]

/** Each [arguments, want] must hold for router.path without its /fn/{id}. */
const builds = (name, options, ...rows) =>
  test(name, options, async t => {
    const { values, fn } = await t.lua(
      `return ${rows.map(([args]) => `router.path(${args})`).join(', ')}`
    )
    rows.forEach(([args, want], i) =>
      t.eq(values[i], `/fn/${fn.id}${want}`, `router.path(${args})`)
    )
  })

export default [
  luaRows(
    'match-exact',
    { share: true },
    match('/users', '/users', true),
    match('/users', '/posts', false),
    match('/users/list', '/users/list', true),
    match('/', '/', true),
    match('', '/', true),
    match('/x', '/', false),
    match('/Users', '/users', false)
  ),
  luaRows(
    'match-parameters',
    { share: true },
    match('/users/42', '/users/:id', true),
    match('/users', '/users/:id', false),
    match('/users/42/posts', '/users/:id', false),
    match('/users/1/posts/2', '/users/:u/posts/:p', true),
    match('/users/1/notes/2', '/users/:u/posts/:p', false)
  ),
  luaRows(
    'match-wildcard',
    { share: true },
    match('/files/a', '/files/*', true),
    match('/files/a/b/c', '/files/*', true),
    match('/other/a', '/files/*', false),
    match('/u/7/f/x/y', '/u/:id/f/*', true),
    match('/a/b', '/*', true),
    match('/a', '*', true)
  ),
  luaRows(
    'params',
    { share: true },
    params('/users/42', '/users/:id', { id: '42' }),
    params('/users/42/posts/5', '/users/:userId/posts/:postId', { userId: '42', postId: '5' }),
    params('/u/7/f/x/y', '/u/:id/f/*', { id: '7' })
  ),
  builds(
    'path',
    { share: true },
    ['"/users"', '/users'],
    ['"/users/:id", { id = "42" }', '/users/42'],
    ['"/users/:id", { id = 42 }', '/users/42'],
    ['"/u/:a/p/:b", { a = "1", b = "2" }', '/u/1/p/2'],
    ['"/"', '/']
  ),
  test('url-is-base-url-plus-path', { share: true }, async t => {
    const {
      values: [url, base],
      fn
    } = await t.lua('return router.url("/users/:id", { id = "42" }), ctx.baseUrl')
    t.eq(url, `${base.replace(/\/$/, '')}/fn/${fn.id}/users/42`, 'url')
  })
]
