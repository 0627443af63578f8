import t from 'tap'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import { maskJson, maskJsonBody, maskLogMessage, maskSecrets } from '../../../core/masking/event.js'
import { maskHeaders, maskQuery } from './mask-fields.js'
import { depthExceeds, encodeJsonText } from '../../../core/masking/json-text.js'

const R = '[REDACTED]'
t.test('headers of credentials are masked, in any case and inside longer names', async t => {
  t.same(
    maskHeaders({
      Authorization: 'a',
      cookie: 'b',
      'SET-COOKIE': 'c',
      'X-Api-Key': 'd',
      'X-Auth-Token': 'e',
      'Proxy-Authorization': 'f',
      'X-Csrf-Token': 'g',
      Monkey: 'h',
      'X-Secret': 'i',
      'X-Password-Hint': 'j',
      Author: 'k',
      Accept: 'l'
    }),
    {
      Authorization: R,
      cookie: R,
      'SET-COOKIE': R,
      'X-Api-Key': R,
      'X-Auth-Token': R,
      'Proxy-Authorization': R,
      'X-Csrf-Token': R,
      Monkey: R,
      'X-Secret': R,
      'X-Password-Hint': R,
      Author: R,
      Accept: 'l'
    }
  )
})

t.test('query parameters of credentials are masked, cookies are not meant there', async t => {
  t.same(
    maskQuery({
      API_KEY: '1',
      apikey: '2',
      access_token: '3',
      mytoken: '4',
      secrets: '5',
      password: '6',
      author: '7',
      monkey: '8',
      cookie: '9',
      page: '10'
    }),
    {
      API_KEY: R,
      apikey: R,
      access_token: R,
      mytoken: R,
      secrets: R,
      password: R,
      author: R,
      monkey: R,
      cookie: '9',
      page: '10'
    }
  )
})

t.test(
  'a JSON body is encoded anew: secret fields replaced whole at any depth, keys sorted, no blanks',
  async t => {
    t.equal(
      maskJsonBody(
        ' { "b" : [ {"Token": {"deep": 1}, "tokens": 2} ], "a" : 1.50 , "token_type": "x", "auth-mode":"y", "api-key":"z"} '
      ),
      `{"a":1.5,"api-key":"z","auth-mode":"${R}","b":[{"Token":"${R}","tokens":2}],"token_type":"${R}"}`
    )
    for (const name of [
      'password',
      'secret',
      'api_key',
      'apikey',
      'access_token',
      'private_key',
      'client_secret',
      'token',
      'auth',
      'authorization',
      'bearer',
      'credential',
      'credentials',
      'PASSWORD',
      'Secret_x',
      'token-'
    ]) {
      t.equal(
        maskJsonBody(JSON.stringify({ [name]: [1] })),
        `{${JSON.stringify(name)}:"${R}"}`,
        name
      )
    }
    for (const name of [
      'tokens',
      'completion_tokens',
      'author',
      'api-key',
      'credentials2',
      'access_tokenx'
    ]) {
      t.equal(maskJsonBody(JSON.stringify({ [name]: 1 })), `{${JSON.stringify(name)}:1}`, name)
    }
  }
)

t.test('keys are sorted by bytes, whole numbers among them', async t => {
  t.equal(
    maskJsonBody('{"10":1,"9":2,"\u{1f600}":3,"\uffee":4,"__proto__":{"x":5}}'),
    '{"10":1,"9":2,"__proto__":{"x":5},"\uffee":4,"\u{1f600}":3}'
  )
})

t.test(
  'objects of a list are sorted each by its own names, in whatever way they are encoded',
  async t => {
    const list =
      '[{"b":1,"a":2},{"b":3,"a":4},{"b":5,"c":6,"a":7},{"b":8,"token":9},{"token":1,"a":{}},{"a":1,"b":[]},{"b":-1},{}]'
    const sorted =
      `[{"a":2,"b":1},{"a":4,"b":3},{"a":7,"b":5,"c":6},{"b":8,"token":"${R}"},{"a":{},"token":"${R}"},` +
      '{"a":1,"b":[]},{"b":-1},{}]'
    t.equal(maskJsonBody(list), sorted)
    for (const other of ['-0', '1e400', '{"10":1,"9":2}', '{"x":0,"__proto__":0,"z":1}']) {
      t.equal(maskJsonBody(`[${list},${other}]`), `[${sorted},${maskJsonBody(other)}]`, other)
      t.equal(maskJsonBody(`[${other},${list}]`), `[${maskJsonBody(other)},${sorted}]`, other)
    }
    t.equal(maskJsonBody('{"9":[{"b":1,"a":2}],"a":1}'), '{"9":[{"a":2,"b":1}],"a":1}')
    t.equal(maskJsonBody('{"toJSON":1,"a":"\\ud800\u2028"}'), '{"a":"\\ud800\u2028","toJSON":1}')
  }
)

t.test('the end of a string is found, however long it is and whatever it holds', async t => {
  const odd = fc.stringMatching(/^(?:x{0,40}|\\{1,3}|"|\[|\{|ü){0,12}$/)
  fc.assert(
    fc.property(odd, odd, (one, other) => {
      const value = { [`b${one}`]: [other, { [`a${other}`]: one }], a: `${other}${one}` }
      const text = JSON.stringify(value)
      t.same(JSON.parse(encodeJsonText(text)), value)
      if (depthExceeds(`${text}${' '.repeat(3)}`, 3) || !depthExceeds(text, 2)) t.fail(text)
    }),
    { numRuns: 300 }
  )
})

t.test('JSON scalars are encoded anew', async t => {
  for (const [text, stored] of [
    [' 12 ', '12'],
    ['1.0', '1'],
    ['true', 'true'],
    ['null ', 'null'],
    ['"a\\u0062"', '"ab"'],
    ['-0', '-0'],
    ['1e3', '1000']
  ] as const) {
    t.equal(maskJsonBody(text), stored)
  }
})

t.test('numbers beyond a double keep their digits', async t => {
  t.equal(
    maskJsonBody('{"b":12345678901234567890, "a":[1e400,{"token":1}]}'),
    `{"a":[1e400,{"token":"${R}"}],"b":12345678901234567890}`
  )
  t.equal(maskJsonBody('1e400'), '1e400')
})

t.test('a body that is not JSON is stored unchanged', async t => {
  for (const text of [
    '',
    'password=geheim',
    '{"token":1',
    '[1,]',
    '{} x',
    '\u00a0{}',
    'nul',
    '{"a":1}\u0000'
  ]) {
    t.equal(maskJsonBody(text), text)
  }
})

t.test(
  'deep nesting is masked without recursion, and beyond 10000 levels not taken for JSON',
  async t => {
    const nested = (depth: number) => '['.repeat(depth) + '{"token":"geheim"}' + ']'.repeat(depth)
    t.equal(maskJsonBody(nested(9_000)), '['.repeat(9_000) + `{"token":"${R}"}` + ']'.repeat(9_000))
    const objects = '{"a":'.repeat(9_000) + '1' + '}'.repeat(9_000)
    t.equal(maskJsonBody(objects), objects)
    const five = '['.repeat(5_000_000) + ']'.repeat(5_000_000)
    t.equal(maskJsonBody(five), five)
    const brackets = JSON.stringify({ z: '['.repeat(20_000), a: '\\"' })
    t.equal(
      maskJsonBody(brackets),
      JSON.stringify({ a: '\\"', z: '['.repeat(20_000) }),
      'brackets inside a text are no nesting'
    )
  }
)

t.test('both JSON encoders agree with JSON.parse', async t => {
  fc.assert(
    fc.property(fc.json(), text => {
      const stored = maskJsonBody(text)
      t.same(JSON.parse(encodeJsonText(text)), JSON.parse(stored))
      t.same(JSON.parse(stored), maskJson(JSON.parse(text)))
    }),
    { numRuns: 300 }
  )
})

t.test('maskJson leaves the given value as it is and keeps odd names', async t => {
  const value = JSON.parse('{"token":1,"list":[{"password":"x"}],"__proto__":{"a":1}}')
  t.equal(
    JSON.stringify(maskJson(value)),
    `{"token":"${R}","list":[{"password":"${R}"}],"__proto__":{"a":1}}`
  )
  t.equal(value.token, 1)
})

t.test('maskJson replaces what is nested deeper than 200 levels', async t => {
  let deep: unknown = 'x'
  for (let i = 0; i < 100_000; i++) deep = [deep]
  t.equal(JSON.stringify(maskJson(deep)), `${'['.repeat(200)}"${R}"${']'.repeat(200)}`)
})

t.test('a flood of different names is decided right and keeps no memory', async t => {
  for (let i = 0; i < 10_000; i++) {
    if (maskHeaders({ [`X-Plain-${i}`]: 'v' })[`X-Plain-${i}`] !== 'v') {
      t.fail('a plain header was masked')
    }
    if (maskHeaders({ [`X-Token-${i}`]: 'v' })[`X-Token-${i}`] !== R) t.fail('a token was shown')
  }
  t.pass('all names')
})

t.test('log messages lose what looks like a credential, name included', async t => {
  const cases: [string, string][] = [
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl ok', `got ${R} ok`],
    ['xxeyJa.eyJb.c-_.eyJd', `xx${R}.eyJd`],
    ['eyJa.eyJb.c.eyJd.eyJe.f', `${R}.${R}`],
    ['eyJa.eyJb. and eyJa.b.c stay', 'eyJa.eyJb. and eyJa.b.c stay'],
    ['Authorization: Bearer abc123.def_456-x', `Authorization: ${R}`],
    ['sent bearer\t xyz now', `sent ${R} now`],
    ['api_key=abcdefghijklmno', R],
    ['API-KEY: abcdefghijklmno!', `${R}!`],
    ['monkey=abcdefghijklmno', `mon${R}`],
    ['key=abcdefghijklmn', 'key=abcdefghijklmn'],
    ['token=abcdefghij', R],
    ['password: hunter2hunter2', R],
    ['secret abcdefghijkl', R],
    ['PASSWORD=ABCDEFGHIJ', R],
    ['token=abcdefghi', 'token=abcdefghi'],
    ['id AKIAABCDEFGHIJKLMNOP.', `id ${R}.`],
    ['id AKIAABCDEFGHIJKLMNO', 'id AKIAABCDEFGHIJKLMNO'],
    [`secret=a/${'b'.repeat(38)}==!`, `${R}!`],
    ['tokens are fine', 'tokens are fine'],
    ['nothing here', 'nothing here']
  ]
  for (const [message, stored] of cases) t.equal(maskLogMessage(message), stored, message)
})

t.test('web tokens are found as the plain regular expression finds them', async t => {
  const piece = fc.constantFrom('eyJ', '.', '.eyJ', 'a', '-', ' ', 'eyJx', '..')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), pieces => {
      const text = pieces.join('')
      t.equal(
        maskLogMessage(text),
        text.replace(/eyJ[A-Za-z0-9_-]*\.eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+/g, R)
      )
    }),
    { numRuns: 2000 }
  )
})

// Quadratic work on one of these would take minutes; tap's timeout ends the test then.
t.test('hostile messages of 1 MiB are masked in linear time', async t => {
  const fill = (unit: string) => unit.repeat(Math.floor((1024 * 1024) / unit.length))
  for (const unit of [
    'eyJ',
    'eyJ.',
    '.eyJ',
    'eyJa.eyJb.',
    'bearer ',
    'bearer',
    'key',
    'key ',
    'key=',
    'token:',
    'token   ',
    'secret=a',
    'secret=a/b ',
    'AKIA',
    ' ',
    '=',
    'AKIAA'
  ]) {
    t.type(maskLogMessage(fill(unit)), 'string', unit)
    t.type(maskLogMessage('bearer' + fill(' ') + '!' + fill(unit)), 'string', unit)
  }
})

t.test("values of a function's variables are masked wherever they stand, in JSON too", async t => {
  const secrets = ['sk-12345678', 'short', 'pass"word\n\\1', 'sk-12345678-longer']
  t.equal(
    maskSecrets('a sk-12345678-longer b sk-12345678 c short', secrets),
    `a ${R} b ${R} c short`
  )
  t.equal(maskSecrets(JSON.stringify({ a: 'pass"word\n\\1' }), secrets), `{"a":"${R}"}`)
  t.equal(
    maskSecrets(JSON.stringify({ body: JSON.stringify({ a: 'pass"word\n\\1' }) }), secrets),
    `{"body":"{\\"a\\":\\"${R}\\"}"}`
  )
  t.equal(maskSecrets('$& $1 12345678', ['12345678']), `$& $1 ${R}`)
})
