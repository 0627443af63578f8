import t from 'tap'
import { call, FAILS, raw, rows } from './support/rows.js'

const empty = { scheme: '', host: '', path: '', query: {}, fragment: '' }

t.test('all parts', async t => {
  rows(t, 'url.parse', [
    ['https://ann:s3cret@example.com:8443/a/b?x=1&y=two#part'],
    {
      scheme: 'https',
      host: 'example.com:8443',
      path: '/a/b',
      fragment: 'part',
      query: { x: '1', y: 'two' },
      username: 'ann',
      password: 's3cret'
    }
  ])
})

t.test('missing parts are empty, user and password absent', async t => {
  rows(
    t,
    'url.parse',
    [[''], empty],
    [['http://example.com'], { ...empty, scheme: 'http', host: 'example.com' }],
    [
      ['http://ann@e.com/'],
      { ...empty, scheme: 'http', host: 'e.com', path: '/', username: 'ann' }
    ],
    [['http://:pw@e.com'], { ...empty, scheme: 'http', host: 'e.com', password: 'pw' }],
    [['http://@e.com'], { ...empty, scheme: 'http', host: 'e.com' }]
  )
})

t.test('the scheme is in small letters, the host as it is', async t => {
  rows(
    t,
    'url.parse',
    [['HTTP://Example.COM/A'], { ...empty, scheme: 'http', host: 'Example.COM', path: '/A' }],
    [['svn+ssh://h'], { ...empty, scheme: 'svn+ssh', host: 'h' }]
  )
})

t.test('relative references and opaque URLs', async t => {
  rows(
    t,
    'url.parse',
    [['/only/path?x=1'], { ...empty, path: '/only/path', query: { x: '1' } }],
    [['a/b'], { ...empty, path: 'a/b' }],
    [['?x=1'], { ...empty, query: { x: '1' } }],
    [['#f'], { ...empty, fragment: 'f' }],
    [['//host/p'], { ...empty, host: 'host', path: '/p' }],
    [['///p'], { ...empty, path: '///p' }],
    [['mailto:a@b.c?subject=x'], { ...empty, scheme: 'mailto', query: { subject: 'x' } }],
    [['file:///etc/x'], { ...empty, scheme: 'file', path: '/etc/x' }],
    [['/a:b'], { ...empty, path: '/a:b' }],
    [['*'], { ...empty, path: '*' }]
  )
})

t.test('path, fragment, user and password are decoded', async t => {
  rows(t, 'url.parse', [
    ['http://a%40:b%3a@h/%c3%a9+%2F?#%20x'],
    {
      scheme: 'http',
      host: 'h',
      path: '/é+/',
      query: {},
      fragment: ' x',
      username: 'a@',
      password: 'b:'
    }
  ])
})

t.test('hosts', async t => {
  rows(
    t,
    'url.parse',
    [['http://[::1]:80/'], { ...empty, scheme: 'http', host: '[::1]:80', path: '/' }],
    [['http://[fe80::1%25en0]/'], { ...empty, scheme: 'http', host: '[fe80::1%en0]', path: '/' }],
    [['http://h:/'], { ...empty, scheme: 'http', host: 'h:', path: '/' }],
    [['http://%c3%a9/'], { ...empty, scheme: 'http', host: 'é', path: '/' }],
    [['http://a@b@c/'], { ...empty, scheme: 'http', host: 'c', path: '/', username: 'a@b' }]
  )
})

t.test('repeated names give a list', async t => {
  rows(t, 'url.parse', [
    ['?tag=a&tag=b&one=1&tag=c'],
    { ...empty, query: { tag: ['a', 'b', 'c'], one: '1' } }
  ])
})

t.test('query pairs are decoded, bad ones are dropped', async t => {
  rows(
    t,
    'url.parse',
    [
      ['?a+b=c%20d+e&flag&=x&&bad=%zz&%=1&c;d=1&e=f=g'],
      { ...empty, query: { 'a b': 'c d e', flag: '', '': 'x', e: 'f=g' } }
    ],
    [['?__proto__=1'], { ...empty, query: JSON.parse('{"__proto__":"1"}') }]
  )
})

t.test('what is no URL fails', async t => {
  rows(
    t,
    'url.parse',
    ...[
      ':x',
      '://h',
      'http://h/%zz',
      'http://h/%2',
      'http://h/#%zz',
      'http://a b/',
      'http://h:8a/',
      'http://[::1',
      'http://[::1]x/',
      'http://h%20x/',
      'http://%41/',
      'http://h\n',
      'http://h/\x7f',
      '1a:b',
      'a{b:c',
      'http://u ser@h/',
      'http://a^b/',
      'http://%zz@h/'
    ].map(text => [[text], FAILS] as const)
  )
})

t.test('encode keeps the unreserved characters only', async t => {
  rows(
    t,
    'url.encode',
    [['hello world'], 'hello+world'],
    [['a=b&c/d?e+f#g:h@i,j;k$'], 'a%3Db%26c%2Fd%3Fe%2Bf%23g%3Ah%40i%2Cj%3Bk%24'],
    [['é漢'], '%C3%A9%E6%BC%A2'],
    [['AZaz09-_.~'], 'AZaz09-_.~'],
    [["!*'()"], '%21%2A%27%28%29'],
    [[''], ''],
    [['\n'], '%0A']
  )
  t.equal(raw('url', 'encode', '\xff\x00'), '%FF%00')
})

t.test('decode takes both cases and gives bytes', async t => {
  rows(
    t,
    'url.decode',
    [['a%20b+c%2Bd%C3%A9'], 'a b c+dé'],
    [['%c3%a9%2f'], 'é/'],
    [['plain'], 'plain'],
    [[''], ''],
    [['%'], FAILS],
    [['%2'], FAILS],
    [['%zz'], FAILS],
    [['%%41'], FAILS],
    [['a%2'], FAILS]
  )
  t.equal(raw('url', 'decode', '%FF%00\xfe'), '\xff\x00\xfe')
})

t.test('what is encoded is decoded again', async t => {
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))
  t.equal(raw('url', 'decode', raw('url', 'encode', all) as string), all)
})

t.test('a megabyte of a kind is answered', async t => {
  for (const text of ['%41', '&a=1', '+', '/', 'é', ':', '[']) {
    t.ok(call('url.parse', `/?${text.repeat(200_000)}`))
  }
})
