import t from 'tap'
import { checkSlug } from '../../../../core/validation/front-door/addresses.js'
import {
  applyFrontDoorChange,
  frontDoorFields,
  readFrontDoorChange,
  type FrontDoorFields
} from '../../../../core/validation/front-door/change.js'

const server = {
  EXECUTION_TIMEOUT: 300,
  SANDBOX_MEMORY_MB: 128,
  BODY_LIMIT: 10_485_760,
  KV_LIMIT: 1_073_741_824,
  HISTORY_LIMIT: 2_147_483_648
}
const read = (fields: FrontDoorFields) => readFrontDoorChange(fields, server)

const everything = {
  access: { mode: 'signature', preset: 'github', secret: 'HOOK_SECRET' },
  routes: [
    { pattern: '/shop/:item', methods: ['GET', 'POST'], host: 'shop.example.org' },
    { pattern: '/*' }
  ],
  cors: {
    origins: ['https://shop.example.org', 'http://localhost:8080'],
    headers: ['X-My-Header'],
    credentials: true,
    max_age: 600
  },
  rate_limit: { requests: 60, seconds: 60, by: 'caller' },
  retry: {
    max_attempts: 3,
    first_delay_seconds: 0,
    factor: 1.5,
    max_delay_seconds: 60,
    jitter: 0
  },
  max_concurrency: 4,
  timeout_seconds: 10,
  memory_mb: 64,
  body_limit: 1000,
  kv_bytes: 100_000_000,
  history_bytes: 1_000_000
}

t.test('all fields come back equal, in one order', async t => {
  t.same(read(everything), everything)
  t.same(Object.keys(everything), frontDoorFields)
  const reversed = Object.fromEntries(Object.entries(everything).reverse())
  const [one, other] = [read(everything), read(reversed)].map(change =>
    JSON.stringify(applyFrontDoorChange(undefined, change ?? {}))
  )
  t.equal(one, other)
})

t.test('fields that are absent or null change nothing', async t => {
  t.equal(read({}), undefined)
  t.equal(read({ access: null, cors: undefined }), undefined)
  t.same(read({ access: null, max_concurrency: 2 }), { max_concurrency: 2 })
})

t.test('each field has a value that clears it', async t => {
  const cleared = Object.fromEntries(frontDoorFields.map(name => [name, null]))
  const empty = Object.fromEntries(frontDoorFields.map(name => [name, name === 'routes' ? [] : {}]))
  t.same(read(empty), cleared)
  t.same(read({ max_concurrency: 0, kv_bytes: 0 }), { max_concurrency: null, kv_bytes: null })
  const before = read(everything) ?? {}
  t.equal(applyFrontDoorChange(applyFrontDoorChange(undefined, before), cleared), undefined)
  t.same(applyFrontDoorChange({ max_concurrency: 2, kv_bytes: 1 }, { kv_bytes: null }), {
    max_concurrency: 2
  })
})

t.test('every mode and preset is taken, defaults are filled in', async t => {
  for (const mode of ['public', 'key', 'internal']) {
    t.same(read({ access: { mode } }), { access: { mode } })
  }
  for (const preset of ['github', 'stripe', 'slack', 'standard-webhooks']) {
    const access = { mode: 'signature', preset, secret: 'S' }
    t.same(read({ access }), { access })
  }
  const generic = { mode: 'signature', preset: 'generic', secret: 'S', header: 'X-Sig' }
  t.same(read({ access: generic }), {
    access: { ...generic, algorithm: 'sha256', encoding: 'hex', prefix: '' }
  })
  t.same(read({ rate_limit: { requests: 1, seconds: 1 } }), {
    rate_limit: { requests: 1, seconds: 1, by: 'ip' }
  })
  t.same(read({ cors: 'function' }), { cors: 'function' })
  t.same(read({ cors: { origins: ['*'] } }), { cors: { origins: ['*'] } })
})

const refused: Array<[FrontDoorFields, RegExp]> = [
  [
    { access: 'key' },
    /^access: access must be an object with the fields mode, .*; \{\} clears it$/
  ],
  [{ access: [] }, /^access: access must be an object/],
  [
    { access: { mode: 'secret' } },
    /^access: mode must be one of: \[public key signature internal\]$/
  ],
  [{ access: { preset: 'github' } }, /^access: mode must be one of/],
  [{ access: { mode: 'key', key: 'x' } }, /^access: unknown field "key"; the fields are mode/],
  [
    { access: { mode: 'key', secret: 'X' } },
    /^access: unknown field "secret"; the fields are mode$/
  ],
  [{ access: { mode: 'signature' } }, /^access: preset must be one of: \[github stripe/],
  [{ access: { mode: 'signature', preset: 'github' } }, /^access: secret must be the name of/],
  [{ access: { mode: 'signature', preset: 'github', secret: 'A-B' } }, /^access: secret/],
  [{ access: { mode: 'signature', preset: 'github', secret: 1 } }, /^access: secret/],
  [{ access: { mode: 'signature', preset: 'slack', secret: 'S', header: 'X' } }, /field "header"/],
  [{ access: { mode: 'signature', preset: 'generic', secret: 'S' } }, /^access: header must be/],
  [{ access: generic({ header: 'a b' }) }, /^access: header must be/],
  [{ access: generic({ algorithm: 'md5' }) }, /^access: algorithm must be one of: \[sha1 sha256/],
  [{ access: generic({ encoding: 'base32' }) }, /^access: encoding must be one of: \[hex base64\]/],
  [{ access: generic({ prefix: 'a b' }) }, /^access: prefix must be/],
  [{ routes: {} }, /^routes: routes must be a list of at most 20 objects; \[\] clears it$/],
  [{ routes: '/x' }, /^routes: routes must be a list/],
  [{ routes: Array.from({ length: 21 }, () => ({ pattern: '/' })) }, /^routes: routes must be/],
  [{ routes: ['/x'] }, /^routes: routes must contain only objects/],
  [{ routes: [{}] }, /^routes: pattern must be a path/],
  [{ routes: [{ pattern: 'x' }] }, /^routes: pattern must be a path/],
  [{ routes: [{ pattern: '/a b' }] }, /^routes: pattern must be a path/],
  [{ routes: [{ pattern: '/a?b' }] }, /^routes: pattern must be a path/],
  [{ routes: [{ pattern: '/a\n' }] }, /^routes: pattern must be a path/],
  [{ routes: [{ pattern: '/a/:' }] }, /^routes: pattern has a parameter without a name/],
  [{ routes: [{ pattern: '/:a/:a' }] }, /^routes: pattern has the parameter :a twice/],
  [
    { routes: [{ pattern: '/:a-:b-:c-:d-:e-:f' }] },
    /^routes: pattern has 6 parameters between two slashes; at most 5/
  ],
  ...[
    '(^(a|aa)+$)',
    '(\\d+\\d+)',
    '(\\d+)-:b',
    '(.*.*)',
    '([/]+)',
    '([)])',
    '(a',
    '()',
    '([a-z]{9}x{9,})'
  ].map((made): [object, RegExp] => [
    { routes: [{ pattern: `/:a${made}` }] },
    /^routes: pattern may say of a parameter/
  ]),
  [{ routes: [{ pattern: '/', path: '/' }] }, /^routes: unknown field "path"/],
  [{ routes: [{ pattern: '/', methods: [] }] }, /^routes: methods must be a list of 1 to/],
  [{ routes: [{ pattern: '/', methods: ['get'] }] }, /^routes: methods must contain only some of/],
  [{ routes: [{ pattern: '/', methods: ['GET', 'GET'] }] }, /^routes: methods names one/],
  [{ routes: [{ pattern: '/', host: 'a.b:1' }] }, /^routes: host must be a host name/],
  [{ cors: 'any' }, /^cors: cors must be "function" or an object/],
  [{ cors: true }, /^cors: cors must be an object/],
  [{ cors: { headers: ['X'] } }, /^cors: origins must be a list/],
  [{ cors: { origins: 'https://a.b' } }, /^cors: origins must be a list/],
  [{ cors: { origins: ['https://a.b/'] } }, /^cors: origins must contain only origins such as/],
  [{ cors: { origins: ['a.b'] } }, /^cors: origins must contain only/],
  [{ cors: { origins: ['*'], credentials: true } }, /^cors: credentials need origins by name/],
  [{ cors: { origins: ['*'], credentials: 1 } }, /^cors: credentials must be true or false/],
  [{ cors: { origins: ['*'], headers: ['a b'] } }, /^cors: headers must contain only names/],
  [{ cors: { origins: ['*'], max_age: -1 } }, /^cors: max_age must be a whole number/],
  [{ retry: 3 }, /^retry: retry must be an object/],
  [{ retry: [] }, /^retry: retry must be an object/],
  [{ retry: { attempts: 3 } }, /^retry: unknown field "attempts"/],
  [{ retry: { max_attempts: 0 } }, /^retry: max_attempts must be a whole number from 1 to 100$/],
  [{ retry: { max_attempts: 1.5 } }, /^retry: max_attempts must be a whole number from 1 to 100$/],
  [{ retry: { max_attempts: '3' } }, /^retry: max_attempts must be/],
  [
    { retry: { first_delay_seconds: -1 } },
    /^retry: first_delay_seconds must be a number from 0 to/
  ],
  [{ retry: { factor: 0.5 } }, /^retry: factor must be a number from 1 to 100$/],
  [{ retry: { max_delay_seconds: 1e300 } }, /^retry: max_delay_seconds must be a number/],
  [{ retry: { jitter: 2 } }, /^retry: jitter must be a number from 0 to 1$/],
  [{ retry: { jitter: true } }, /^retry: jitter must be a number from 0 to 1$/],
  [{ rate_limit: 60 }, /^rate_limit: rate_limit must be an object/],
  [{ rate_limit: { requests: 0, seconds: 1 } }, /^rate_limit: requests must be a whole number/],
  [{ rate_limit: { requests: 1 } }, /^rate_limit: seconds must be a whole number/],
  [
    { rate_limit: { requests: 1, seconds: 86_401 } },
    /^rate_limit: seconds cannot be more than 86400$/
  ],
  [{ rate_limit: { requests: 1, seconds: 1, by: 'key' } }, /^rate_limit: by must be one of/],
  [
    { max_concurrency: -1 },
    /^max_concurrency: max_concurrency must be a whole number of at least 1/
  ],
  [{ max_concurrency: 1.5 }, /^max_concurrency: max_concurrency must be a whole number/],
  [{ max_concurrency: '1' }, /^max_concurrency: max_concurrency must be a whole number/],
  [
    { timeout_seconds: 301 },
    /^timeout_seconds: .* cannot be more than 300 \(setting EXECUTION_TIMEOUT\)$/
  ],
  [{ memory_mb: 129 }, /^memory_mb: .* cannot be more than 128 \(setting SANDBOX_MEMORY_MB\)$/],
  [{ memory_mb: 31 }, /^memory_mb: memory_mb must be a whole number of at least 32$/],
  [{ body_limit: 10_485_761 }, /^body_limit: .* \(setting BODY_LIMIT\)$/],
  [{ kv_bytes: 2 ** 40 }, /^kv_bytes: .* \(setting KV_LIMIT\)$/],
  [{ history_bytes: 2 ** 40 }, /^history_bytes: .* \(setting HISTORY_LIMIT\)$/]
]

function generic(fields: object): object {
  return { mode: 'signature', preset: 'generic', secret: 'S', header: 'X-Sig', ...fields }
}

t.test('what is wrong is refused with the field and what is right', async t => {
  for (const [fields, message] of refused) {
    t.throws(() => read(fields), { code: 'VALIDATION', message }, JSON.stringify(fields))
  }
})

t.test('without the settings of a server its limits do not count', async t => {
  const fields = { timeout_seconds: 86_400, memory_mb: 4096, kv_bytes: 2 ** 40 }
  t.same(readFrontDoorChange(fields), fields)
})

t.test('a slug is short, plain, and no id', async t => {
  const good = ['', 'a', '7', 'hello', 'my-shop-2', 'a'.repeat(63), 'x'.repeat(20)]
  for (const slug of good) t.doesNotThrow(() => checkSlug(slug), slug)
  const bad = [
    'A',
    '-a',
    'a-',
    'a_b',
    'a.b',
    'a/b',
    'ä',
    ' ',
    'a'.repeat(64),
    'd2c1v7h8e9k0m3n4p5q6'
  ]
  for (const slug of bad) {
    t.throws(() => checkSlug(slug), { code: 'VALIDATION', message: /^slug: slug / }, slug)
  }
})
