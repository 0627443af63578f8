import t from 'tap'
import { canonicalHeaderName } from '../../../../core/http/header-names.js'
import { readEventHeaders } from '../../../../plugins/triggers/http/header-names.js'
import { parseQuery, splitUrl } from '../../../../plugins/triggers/http/url-parts.js'

t.test('header names are canonical', async t => {
  t.equal(canonicalHeaderName('x-my-HEADER'), 'X-My-Header')
  t.equal(canonicalHeaderName('etag'), 'Etag')
  t.equal(canonicalHeaderName('x--y'), 'X--Y')
})

t.test('the first value of a repeated header counts, and Host is left out', async t => {
  const { headers, more } = readEventHeaders([
    'host',
    'h',
    'x-a',
    '1',
    'X-A',
    '2',
    '__proto__',
    'p'
  ])
  t.same({ ...headers }, { 'X-A': '1', ['__proto__']: 'p' })
  t.same(more, ['X-A', '2'])
})

t.test('a path is decoded to bytes', async t => {
  t.same(splitUrl('/fn/a/%C3%A9%20+?x=1'), {
    path: '/fn/a/\xc3\xa9 +',
    query: Object.assign(Object.create(null), { x: '1' })
  })
})

t.test('a broken escape in the path is refused', async t => {
  t.equal(splitUrl('/fn/a/%zz'), undefined)
  t.equal(splitUrl('/fn/a/%4'), undefined)
})

t.test('a query gives the first value of each name, decoded', async t => {
  t.same(
    { ...parseQuery('a=1&a=2&b=x+y&c&d=&=e&%C3%A9=%ff') },
    { a: '1', b: 'x y', c: '', d: '', '': 'e', '\xc3\xa9': '\xff' }
  )
})

t.test('pairs with a broken escape or a semicolon are dropped', async t => {
  t.same({ ...parseQuery('a=%zz&b=1;c=2&%4=1&d=4&&') }, { d: '4' })
})
