import { createHmac } from 'node:crypto'
import t from 'tap'
import type { GenericSignature, SignatureAccess } from '../../../core/contracts/front-door.js'
import { isSignedBy, readSignatureClaim } from '../../../core/access/signature.js'

type Headers = Record<string, string>
const github: SignatureAccess = { mode: 'signature', preset: 'github', secret: 'S' }
const stripe: SignatureAccess = { ...github, preset: 'stripe' }
const slack: SignatureAccess = { ...github, preset: 'slack' }
const standard: SignatureAccess = { ...github, preset: 'standard-webhooks' }
const generic: GenericSignature = {
  ...github,
  preset: 'generic',
  header: 'X-Signature',
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: ''
}

interface Vector {
  readonly access: SignatureAccess
  readonly secret: string
  readonly at: number
  readonly headers: Headers
  readonly body: string
}

/** The example of each provider's documentation, or where there is none, one in its form. */
const vectors: Readonly<Record<string, Vector>> = {
  github: {
    access: github,
    secret: "It's a Secret to Everybody",
    at: 0,
    headers: {
      'x-hub-signature-256':
        'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    },
    body: 'Hello, World!'
  },
  slack: {
    access: slack,
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    at: 1531420618,
    headers: {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'
    },
    body:
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V' +
      '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
      '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
      '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  },
  'standard-webhooks': {
    access: standard,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    at: 1614265330,
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    },
    body: '{"test": 2432232314}'
  },
  stripe: {
    access: stripe,
    secret: 'whsec_test_secret',
    at: 1700000000,
    headers: { 'stripe-signature': `t=1700000000,v1=${hex('whsec_test_secret', '1700000000.{}')}` },
    body: '{}'
  },
  generic: {
    access: generic,
    secret: 'key',
    at: 0,
    // The example of HMAC that everybody has.
    headers: {
      'x-signature': 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8'
    },
    body: 'The quick brown fox jumps over the lazy dog'
  }
}

function hex(secret: string | Buffer, content: string, algorithm = 'sha256'): string {
  return createHmac(algorithm, secret).update(content).digest('hex')
}

function isValid({ access, secret, at, headers, body }: Vector): boolean {
  const claim = readSignatureClaim(access, headers, at)
  return claim !== undefined && isSignedBy(access, secret, claim, Buffer.from(body))
}

for (const [name, vector] of Object.entries(vectors)) {
  t.test(`${name}: what its documentation signs is right, anything else is not`, async t => {
    t.ok(isValid(vector), 'right')
    t.notOk(isValid({ ...vector, body: `${vector.body} ` }), 'another body')
    t.notOk(isValid({ ...vector, secret: 'another' }), 'another secret')
    t.notOk(isValid({ ...vector, secret: '' }), 'an empty secret')
    t.notOk(isValid({ ...vector, headers: {} }), 'no headers')
  })

  t.test(`${name}: headers of every malformed kind are refused, and never throw`, async t => {
    const bad = [
      '',
      ' ',
      ',',
      '=',
      't=',
      'v1=',
      'sha256=',
      'v0=',
      'v1,',
      'é\u00ff',
      '\0',
      'x'.repeat(8192)
    ]
    for (const header of Object.keys(vector.headers)) {
      const right = vector.headers[header] ?? ''
      const { [header]: _gone, ...rest } = vector.headers
      t.notOk(isValid({ ...vector, headers: rest }), `without ${header}`)
      const others = [
        ...bad,
        right.slice(0, -2),
        `${right}00`,
        `x${right}`,
        right.replace(/.$/, '!'),
        // Twice the same header; of Standard Webhooks, which has a list in it, that is one signature more.
        header === 'webhook-signature' ? '' : `${right}, ${right}`
      ]
      for (const value of others) {
        t.notOk(
          isValid({ ...vector, headers: { ...rest, [header]: value } }),
          `${header}: ${JSON.stringify(value)}`
        )
      }
    }
  })
}

t.test('signed times are right within five minutes, earlier or later', async t => {
  for (const name of ['slack', 'stripe', 'standard-webhooks']) {
    const vector = vectors[name] as Vector
    for (const off of [-300, 0, 300]) t.ok(isValid({ ...vector, at: vector.at + off }), name)
    for (const off of [-301, 301, 1e9]) t.notOk(isValid({ ...vector, at: vector.at + off }), name)
  }
})

t.test('times that are no plain whole numbers are refused', async t => {
  const slackVector = vectors.slack as Vector
  for (const time of ['1e9', '0x5b47a0ca', '1531420618.0', '+1531420618', ' ', 'NaN', '-1']) {
    const signature = `v0=${hex(slackVector.secret, `v0:${time}:${slackVector.body}`)}`
    const headers = { 'x-slack-request-timestamp': time, 'x-slack-signature': signature }
    t.notOk(isValid({ ...slackVector, headers }), time)
  }
})

t.test('of several signatures one right one is enough', async t => {
  const wrong = 'A'.repeat(43) + '='
  const one = vectors['standard-webhooks'] as Vector
  const right = one.headers['webhook-signature'] ?? ''
  for (const signature of [`v1,${wrong} ${right}`, `v1a,${wrong} ${right} v2,x`, `${right} v1,x`]) {
    t.ok(
      isValid({ ...one, headers: { ...one.headers, 'webhook-signature': signature } }),
      signature
    )
  }
  const v1a = right.replace('v1,', 'v1a,')
  t.notOk(isValid({ ...one, headers: { ...one.headers, 'webhook-signature': v1a } }), 'v1a alone')

  const other = vectors.stripe as Vector
  const header = other.headers['stripe-signature'] ?? ''
  const [time = '', v1 = ''] = header.split(',')
  for (const text of [`${time},v1=${'0'.repeat(64)},${v1},v0=x`, `${v1}, ${time}`]) {
    t.ok(isValid({ ...other, headers: { 'stripe-signature': text } }), text)
  }
  const v0 = v1.replace('v1', 'v0')
  for (const text of [`${time},${v0}`, `${time},${time},${v1}`, v1, time]) {
    t.notOk(isValid({ ...other, headers: { 'stripe-signature': text } }), text)
  }
})

t.test('a secret of Standard Webhooks is rotated on either side', async t => {
  const one = vectors['standard-webhooks'] as Vector
  const other = `whsec_${Buffer.from('another secret of that form').toString('base64')}`
  t.ok(isValid({ ...one, secret: `${other} ${one.secret}` }))
  t.ok(isValid({ ...one, secret: `${one.secret}\n${other}` }))
  t.notOk(isValid({ ...one, secret: other }))
  t.ok(isValid({ ...one, secret: one.secret.slice('whsec_'.length) }), 'without its mark')
  t.notOk(isValid({ ...one, secret: 'whsec_' }))
  t.notOk(isValid({ ...one, secret: 'whsec_not base64!' }))
  const text = 'a secret_that_is_no_base64'
  const headers = { ...one.headers, 'webhook-signature': '' }
  const content = `${one.headers['webhook-id']}.${one.at}.${one.body}`
  const key = 'secret_that_is_no_base64'
  headers['webhook-signature'] = `v1,${createHmac('sha256', key).update(content).digest('base64')}`
  t.ok(isValid({ ...one, headers, secret: text }), 'what is no base64 is taken as it is')
})

t.test('the id of a header counts in the bytes that were sent', async t => {
  const one = vectors['standard-webhooks'] as Vector
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
  const id = Buffer.from('nachricht_ä').toString('latin1')
  const hmac = createHmac('sha256', key).update(`nachricht_ä.${one.at}.${one.body}`)
  const headers = {
    ...one.headers,
    'webhook-id': id,
    'webhook-signature': `v1,${hmac.digest('base64')}`
  }
  t.ok(isValid({ ...one, headers }))
})

t.test('generic: every algorithm and encoding, with a prefix or none', async t => {
  for (const algorithm of ['sha1', 'sha256', 'sha512'] as const) {
    for (const encoding of ['hex', 'base64'] as const) {
      for (const prefix of ['', `${algorithm}=`, 'sig:']) {
        const access = { ...generic, algorithm, encoding, prefix }
        const digest = createHmac(algorithm, 'key').update('body\0\xff').digest(encoding)
        const vector = { access, secret: 'key', at: 0, headers: {}, body: 'body\0\xff' }
        const label = `${algorithm} ${encoding} ${prefix}`
        t.ok(isValid({ ...vector, headers: { 'x-signature': prefix + digest } }), label)
        t.notOk(isValid({ ...vector, headers: { 'x-signature': `no${digest}` } }), label)
        if (prefix !== '') {
          t.notOk(isValid({ ...vector, headers: { 'x-signature': digest } }), `${label} left out`)
        }
      }
    }
  }
})

t.test('hex digits count in either case, base64 with and without padding', async t => {
  const vector = vectors.generic as Vector
  const upper = (vector.headers['x-signature'] ?? '').toUpperCase()
  t.ok(isValid({ ...vector, headers: { 'x-signature': upper } }))
  const digest = createHmac('sha256', 'key').update(vector.body).digest('base64')
  const access = { ...generic, encoding: 'base64' as const }
  t.ok(isValid({ ...vector, access, headers: { 'x-signature': digest.replace('=', '') } }))
  const headers = { 'x-signature': digest.replaceAll('+', '-').replaceAll('/', '_') }
  t.equal(isValid({ ...vector, access, headers }), headers['x-signature'] === digest)
})

t.test('a header with the name of a property of objects is only missing', async t => {
  for (const header of ['__proto__', 'constructor', 'toString']) {
    t.equal(readSignatureClaim({ ...generic, header }, {}, 0), undefined)
  }
})
