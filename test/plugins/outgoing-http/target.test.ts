import t from 'tap'
import { parseTarget } from '../../../plugins/outgoing-http/target.js'

t.test('takes a URL apart', async t => {
  t.match(parseTarget('http://Example.COM:8080/a/b?x=1#part'), {
    origin: 'http://example.com:8080',
    hostname: 'example.com',
    host: 'example.com:8080',
    path: '/a/b?x=1',
    authorization: undefined
  })
})

t.test('the path stays as written, except for odd characters', async t => {
  for (const [url, path] of [
    ['http://h', '/'],
    ['http://h?q', '/?q'],
    ['http://h/a/../b//c/.', '/a/../b//c/.'],
    ['http://h/a b|c\\d"é', '/a%20b%7Cc%5Cd%22%C3%A9'],
    ['http://h/%41%2f~', '/%41%2f~'],
    ['http://h/x?a=b c&é=<1>', '/x?a=b%20c&%C3%A9=%3C1%3E'],
    ['http://h/?a=100%', '/?a=100%'],
    ['HTTPS://h/😀', '/%F0%9F%98%80']
  ] as const) {
    t.equal(parseTarget(url).path, path, url)
  }
})

t.test('user and password become Basic authentication', async t => {
  t.equal(
    parseTarget('http://us%40er:p%3Aw@h/').authorization,
    `Basic ${Buffer.from('us@er:p:w').toString('base64')}`
  )
  t.equal(
    parseTarget('http://user@h/').authorization,
    `Basic ${Buffer.from('user:').toString('base64')}`
  )
  t.equal(
    parseTarget('http://a%zz:b@h/').authorization,
    `Basic ${Buffer.from('a%zz:b').toString('base64')}`
  )
})

t.test('IP addresses in disguise get their usual form', async t => {
  for (const host of [
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '0x7f.1',
    '１２７.0.0.1',
    '127.0.0.1.'
  ]) {
    t.equal(parseTarget(`http://${host}/`).hostname, '127.0.0.1', host)
  }
})

t.test('says what is wrong with a URL', async t => {
  for (const [url, message] of [
    ['not a url', /must begin with http/],
    ['', /must begin with http/],
    ['//h/x', /must begin with http/],
    ['ftp://h/x', /unsupported scheme 'ftp'/],
    ['file:///etc/passwd', /unsupported scheme 'file'/],
    ['http:h', /has no host/],
    ['http://', /has no host/],
    ['http:///x', /has no host/],
    ['http://a b/', /blank or backslash/],
    ['http://good\\@127.0.0.1/', /blank or backslash/],
    ['http://h:99999/', /host or port/],
    ['http://h:x/', /host or port/],
    ['http://[::1/', /host or port/],
    ['http://h/%zz', /'%zz' is not a valid escape/],
    ['http://h/a%', /'%' is not a valid escape/],
    ['http://h/\r\nX: y', /control character/]
  ] as const) {
    t.throws(() => parseTarget(url), { name: 'OutgoingFailure', message }, url)
  }
})
