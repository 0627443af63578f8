import t from 'tap'
import { runContext } from '../../../plugins/lua/run-context.js'
import { RAISES, rows } from './support/rows.js'

runContext.functionId = 'f1'
runContext.baseUrl = 'https://example.org/'

const match = (...list: ReadonlyArray<readonly [string, string, boolean]>) =>
  list.map(([path, pattern, want]) => [[path, pattern], want] as const)

t.test('plain segments', async t => {
  rows(
    t,
    'router.match',
    ...match(
      ['/users', '/users', true],
      ['/users', '/posts', false],
      ['/users/list', '/users/list', true],
      ['/', '/', true],
      ['', '/', true],
      ['/x', '/', false],
      ['/Users', '/users', false],
      ['/users/', 'users', true],
      ['//a//b/', '/a/b', true]
    )
  )
})

t.test('names take one segment', async t => {
  rows(
    t,
    'router.match',
    ...match(
      ['/users/42', '/users/:id', true],
      ['/users', '/users/:id', false],
      ['/users/42/posts', '/users/:id', false],
      ['/users/1/posts/2', '/users/:u/posts/:p', true],
      ['/users/1/notes/2', '/users/:u/posts/:p', false]
    )
  )
})

t.test('a star at the end takes one segment or more, elsewhere it is plain', async t => {
  rows(
    t,
    'router.match',
    ...match(
      ['/files/a', '/files/*', true],
      ['/files/a/b/c', '/files/*', true],
      ['/files', '/files/*', false],
      ['/other/a', '/files/*', false],
      ['/u/7/f/x/y', '/u/:id/f/*', true],
      ['/a/b', '/*', true],
      ['/', '/*', false],
      ['/a', '*', true],
      ['/a/x/b', '/a/*/b', false],
      ['/a/*/b', '/a/*/b', true],
      ['/a/bx', '/a/b*', false]
    )
  )
})

t.test('params', async t => {
  rows(
    t,
    'router.params',
    [['/users/42', '/users/:id'], { id: '42' }],
    [['/users/42/posts/5', '/users/:userId/posts/:postId'], { userId: '42', postId: '5' }],
    [['/u/7/f/x/y', '/u/:id/f/*'], { id: '7' }],
    [['/u', '/u/:id'], {}],
    [['/a%20b', '/:x'], { x: 'a%20b' }],
    [['/é', '/:x'], { x: 'é' }],
    [['/1/2', '/:a/:a'], { a: '2' }]
  )
})

t.test('path fills the pattern in', async t => {
  rows(
    t,
    'router.path',
    [['/users'], '/fn/f1/users'],
    [['/users/:id', { id: '42' }], '/fn/f1/users/42'],
    [['/users/:id', { id: 42 }], '/fn/f1/users/42'],
    [['/u/:a/p/:b', { a: '1', b: '2', c: '3' }], '/fn/f1/u/1/p/2'],
    [['/'], '/fn/f1/'],
    [['/u/:id', {}], '/fn/f1/u/:id'],
    [['/u/:id'], '/fn/f1/u/:id'],
    [['/:x', { x: 'a b/c' }], '/fn/f1/a%20b%2Fc'],
    [['users'], '/fn/f1/users'],
    [[''], '/fn/f1']
  )
})

t.test('whole names are filled in', async t => {
  rows(
    t,
    'router.path',
    [['/:id/:idx', { id: 1, idx: 2 }], '/fn/f1/1/2'],
    [['/:idx/:id', { id: 1 }], '/fn/f1/:idx/1'],
    [['/:user-id', { 'user-id': 7 }], '/fn/f1/7'],
    [['/:id.json', { id: 7 }], '/fn/f1/7.json'],
    [['/x:a:b', { a: 1, b: 2 }], '/fn/f1/x12'],
    [['/:a', { a: ':b', b: 1 }], '/fn/f1/%3Ab'],
    [['/:a', { a: true }], '/fn/f1/:a'],
    [['/:a', { a: '$&' }], '/fn/f1/%24%26']
  )
})

t.test('url puts the public address in front', async t => {
  rows(t, 'router.url', [['/users/:id', { id: '42' }], 'https://example.org/fn/f1/users/42'])
})

t.test('a path beyond the bound raises', async t => {
  rows(t, 'router.path', [['/:a'.repeat(1000), { a: 'x'.repeat(100_000) }], RAISES])
})
