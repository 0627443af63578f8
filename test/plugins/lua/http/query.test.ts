import t from 'tap'
import { withQuery } from '../../../../plugins/lua/http/query.js'

const add = (url: string, query: Record<string, string>) =>
  withQuery(
    url,
    Object.entries(query).map(([name, value]) => [name, Buffer.from(value, 'latin1')])
  )

t.test('without parameters the URL stays as it is', async t => {
  t.equal(add('http://h/a?b=%zz&c d#f', {}), 'http://h/a?b=%zz&c d#f')
})

t.test('parameters are joined to those of the URL, sorted and encoded', async t => {
  t.equal(add('http://h/a', { q: 'a b&c' }), 'http://h/a?q=a+b%26c')
  t.equal(add('http://h/a?z=1&b=2', { c: '3' }), 'http://h/a?b=2&c=3&z=1')
  t.equal(add('http://h/a?x=1', { x: '2' }), 'http://h/a?x=1&x=2')
  t.equal(add('http://h/a?flag', { x: '' }), 'http://h/a?flag=&x=')
  t.equal(add('http://h?a+b=c%20d', { é: '\xc3\xa9' }), 'http://h?a+b=c+d&%C3%A9=%C3%A9')
})

t.test('the fragment stays behind the query', async t => {
  t.equal(add('http://h/a#top?no', { x: '1' }), 'http://h/a?x=1#top?no')
})

t.test('broken pairs of the URL are dropped', async t => {
  t.equal(add('http://h/?a=%zz&b;c=1&&ok=1', { x: '1' }), 'http://h/?ok=1&x=1')
})

t.test('bytes that are no text are kept', async t => {
  t.equal(add('http://h/?a=%FF', { b: '\x00\xfe' }), 'http://h/?a=%FF&b=%00%FE')
})
