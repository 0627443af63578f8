import t from 'tap'
import '../../helpers/fuzzing.js'
import {
  maskCredentials,
  maskForm,
  maskJson,
  maskJsonBody,
  maskLogMessage
} from '../../../core/masking/event.js'
import { maskQuery } from './mask-fields.js'

const R = '[REDACTED]'

/** A credential of a known shape, put together here so that no scanner takes this file for a leak. */
const key = (prefix: string, length: number, characters = 'aB3'): string =>
  prefix + characters.repeat(length).slice(0, length)

const issued = [
  key('ghp_', 36),
  key('github_pat_', 60),
  key('glpat-', 20),
  key('sk-', 48),
  key('sk-ant-', 40),
  key('sk_live_', 24),
  key('rk_test_', 24),
  key('whsec_', 32),
  key('xoxb-', 24),
  key('npm_', 36),
  key('AIza', 35),
  key('AKIA', 16, 'AB3'),
  key('ASIA', 16, 'AB3'),
  `${key('SG.', 22)}.${key('', 43)}`,
  key('hf_', 34),
  key('dop_v1_', 64, 'ab3'),
  `${key('re_', 8)}_${key('', 24)}`,
  key('mfk_', 32),
  key('moonlet_', 32)
]

t.test('keys that services issue are masked in logs by their shape alone', async t => {
  for (const secret of issued) {
    t.equal(maskLogMessage(`sent ${secret}, done`), `sent ${R}, done`, secret)
    t.equal(maskCredentials(`["${secret}"]`), `["${R}"]`, secret)
  }
})

t.test(
  'values behind the names of credentials are masked in logs, whatever their quotation marks',
  async t => {
    const cases: [string, string][] = [
      ['{"user":"ann","password":"x y"}', `{"user":"ann","password":"${R}"}`],
      ['{"user":"ann","password":"a\\"b","n":1}', `{"user":"ann","password":"${R}","n":1}`],
      ['{\\"accessToken\\":\\"abc\\",\\"n\\":1}', `{\\"accessToken\\":\\"${R}\\",\\"n\\":1}`],
      ["{'client_secret': 'abc'}", `{'client_secret': '${R}'}`],
      ['password = "hunter2", user = "ann"', `password = "${R}", user = "ann"`],
      ['{"otp": 123456, "n": 5}', `{"otp": "${R}", "n": 5}`],
      ['{"password":"cut here', `{"password":"${R}`],
      ['{"tokens":"3","author":"ann"}', '{"tokens":"3","author":"ann"}'],
      ['Cookie: session=abc; theme=dark\nHost: x', `Cookie: ${R}\nHost: x`],
      ['set-cookie: id=1; Path=/', `set-cookie: ${R}`],
      ['cookie: yes please', 'cookie: yes please'],
      ['Authorization: Basic dXNlcjpwYXNz', `Authorization: ${R}`],
      ['basic understanding', 'basic understanding'],
      ['Authorization: Digest abcdefghijklmnopqrst', `Authorization: ${R}`],
      ['GET https://x.example/a?sig=abc%2Fdef&page=2', `GET https://x.example/a?sig=${R}&page=2`],
      ['callback?code=abc&state=5', `callback?code=${R}&state=5`],
      ['postgres://ann:geheim@db.example:5432/x', `postgres://${R}@db.example:5432/x`],
      [
        'https://token@git.example/a and ann@example.org',
        `https://${R}@git.example/a and ann@example.org`
      ],
      ['nothing = here', 'nothing = here']
    ]
    for (const [message, stored] of cases) t.equal(maskLogMessage(message), stored, message)
  }
)

t.test('private keys are masked from their first line to their last', async t => {
  const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----'
  t.equal(maskLogMessage(`a\n${pem}\nb`), `a\n${R}\nb`)
  t.equal(maskLogMessage(JSON.stringify({ pem })), `{"pem":"${R}"}`)
  t.equal(maskLogMessage(`${pem}${pem}`), `${R}${R}`)
  t.equal(maskLogMessage('-----BEGIN PRIVATE KEY-----\nMIIE'), R, 'one that is cut')
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----'
  t.equal(maskLogMessage(certificate), certificate)
})

t.test('names in camel case and with something in front are names of credentials too', async t => {
  const secret = [
    'accessToken',
    'apiKey',
    'clientSecret',
    'privateKey',
    'user_password',
    'stripeSecretKey',
    'refresh-token',
    'webhook_key',
    'basicAuth',
    'passwd',
    'tokenType'
  ]
  const plain = [
    'tokens',
    'completion_tokens',
    'author',
    'api-key',
    'primaryKey',
    'foreign_key',
    'keyboard',
    'secretary',
    'passwords_count'
  ]
  for (const name of secret) {
    t.equal(maskJsonBody(JSON.stringify({ [name]: 'x' })), JSON.stringify({ [name]: R }), name)
  }
  for (const name of plain) {
    t.equal(maskJsonBody(JSON.stringify({ [name]: 'x' })), JSON.stringify({ [name]: 'x' }), name)
  }
})

t.test('signatures and codes in queries are masked', async t => {
  t.same(
    maskQuery({
      sig: '1',
      code: '2',
      'X-Amz-Signature': '3',
      'X-Amz-Credential': '4',
      page: '5',
      zipcode: '6'
    }),
    { sig: R, code: R, 'X-Amz-Signature': R, 'X-Amz-Credential': R, page: '5', zipcode: '6' }
  )
})

t.test('fields of forms are masked by their names, in both encodings', async t => {
  const encoded = 'application/x-www-form-urlencoded; charset=utf-8'
  t.equal(
    maskForm('user=ann&password=a%20b&client%5Fsecret=x&empty', encoded),
    `user=ann&password=${R}&client%5Fsecret=${R}&empty`
  )
  const part = (name: string, value: string) =>
    `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const multipart =
    part('user', 'ann') + part('password', 'a\r\n\r\nb') + part('token', 'x') + '--B--\r\n'
  t.equal(
    maskForm(multipart, 'multipart/form-data; boundary=B'),
    part('user', 'ann') + part('password', R) + part('token', R) + '--B--\r\n'
  )
  t.equal(maskForm(part('token', 'cut'), 'Multipart/Form-Data; boundary="B"'), part('token', R))
  t.equal(maskForm('{}', 'application/json'), undefined)
})

t.test('texts inside AI and email requests are masked by shapes', async t => {
  t.same(maskJson({ messages: [{ content: `my key is ${key('ghp_', 36)}` }] }), {
    messages: [{ content: `my key is ${R}` }]
  })
})

// Quadratic work on one of these would take minutes; tap's timeout ends the test then.
t.test('hostile texts of 1 MiB are masked in linear time', async t => {
  const fill = (unit: string) => unit.repeat(Math.floor((1024 * 1024) / unit.length))
  const units = [
    'a://',
    'a.b-',
    '"a":"',
    '\\"password\\":',
    'password="',
    'cookie:a',
    'cookie: a=',
    'basic ',
    'basic a',
    'authorization: ',
    '?a=',
    '?sig=',
    '&',
    '-----BEGIN PRIVATE KEY-----',
    '-----END ',
    'PRIVATE KEY',
    'SG.a',
    'SG.',
    'sk-',
    're_aaaaaaaa_',
    'ghp_',
    "'",
    '"',
    '=',
    '\\',
    '://a@',
    '--B\r\n'
  ]
  for (const unit of units) {
    t.type(maskLogMessage(fill(unit)), 'string', unit)
    t.type(maskLogMessage(`"password":"x" ${fill(unit)}`), 'string', unit)
    t.type(maskForm(fill(unit), 'multipart/form-data; boundary=B'), 'string', unit)
  }
})
