import t from 'tap'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import '../../helpers/fuzzing.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import { eventJson, storedEvent } from '../../../core/invoker/event-json.js'

const R = '[REDACTED]'
const LIMIT = 65_536
const event = (change: Partial<InvocationEvent> = {}): InvocationEvent => ({
  method: 'POST',
  path: '/fn/x/a',
  relativePath: '/a',
  headers: {},
  query: {},
  body: new Uint8Array(),
  ...change
})
const json = (of: InvocationEvent): string => eventJson(of, LIMIT)
const stored = async (body: Buffer, limit = LIMIT) =>
  JSON.parse(await storedEvent(event({ body }), limit))
const sha256 = (body: Buffer) => createHash('sha256').update(body).digest('hex')

t.test('the event is stored as JSON in a fixed order, decoded and masked', async t => {
  const binary = (text: string) => Buffer.from(text).toString('latin1')
  const stored = json(
    event({
      path: binary('/fn/x/é'),
      relativePath: binary('/é'),
      headers: { 'X-Api-Key': 'geheim', 'X-Name': binary('Zoë "q"') },
      query: { token: 'geheim', [binary('schlüssel')]: binary('größe'), page: '2' },
      body: Buffer.from('{"b":1,"password":"geheim","a":"ü"}')
    })
  )
  t.equal(
    stored,
    `{"method":"POST","path":"/fn/x/é","relativePath":"/é","headers":{"X-Api-Key":"${R}","X-Name":"Zoë \\"q\\""},` +
      `"body":"{\\"a\\":\\"ü\\",\\"b\\":1,\\"password\\":\\"${R}\\"}","query":{"token":"${R}","schlüssel":"größe","page":"2"}}`
  )
  t.equal(
    json(event()),
    '{"method":"POST","path":"/fn/x/a","relativePath":"/a","headers":{},"body":"","query":{}}'
  )
})

t.test('any event is stored as valid JSON without its secrets', async t => {
  const text = fc.string({ unit: 'binary' }).map(value => Buffer.from(value).toString('latin1'))
  fc.assert(
    fc.property(
      text,
      fc.dictionary(text, text),
      fc.dictionary(text, text),
      fc.uint8Array(),
      (path, headers, query, body) => {
        const stored = JSON.parse(
          json(
            event({
              path,
              headers: { ...headers, Cookie: 'geheim' },
              query: { ...query, key: 'geheim' },
              body
            })
          )
        )
        t.same(Object.keys(stored), ['method', 'path', 'relativePath', 'headers', 'body', 'query'])
        t.equal(stored.headers.Cookie, R)
        t.equal(stored.query.key, R)
      }
    ),
    { numRuns: 200 }
  )
})

t.test('a body up to the limit is stored whole and at once', async t => {
  const body = Buffer.alloc(LIMIT, 'x')
  const text = storedEvent(event({ body }), LIMIT)
  t.type(text, 'string')
  t.same(Object.keys(JSON.parse(String(text))), [
    'method',
    'path',
    'relativePath',
    'headers',
    'body',
    'query'
  ])
})

t.test(
  'of a larger body the beginning is stored, marked as cut, with its size and hash',
  async t => {
    const body = Buffer.alloc(3 * 1024 * 1024 + 1, 'x')
    t.match(await stored(body), {
      body: 'x'.repeat(LIMIT),
      truncated: true,
      bodySize: body.length,
      bodySha256: sha256(body)
    })
  }
)

t.test('no character is cut in two', async t => {
  t.equal((await stored(Buffer.from('a' + 'ä'.repeat(100)), 10)).body, 'aääää')
  t.equal(
    (await stored(Buffer.alloc(100, 0xbf), 10)).body.length,
    10,
    'what is no UTF-8 is cut where it is'
  )
})

t.test('a cut JSON body stays JSON, and its secrets stay masked', async t => {
  const cases: Array<[whole: string, limit: number, stored: string]> = [
    [
      '{"password":"geheim","a":[1,2,{"b":"xxxxxxxxxx"}]}',
      37,
      `{"a":[1,2,{"b":"x"}],"password":"${R}"}`
    ],
    ['{"a":1,"password":"geheimgeheim"}', 25, `{"a":1,"password":"${R}"}`],
    ['{"a":1,"password":{"b":"geheim"}}', 29, `{"a":1,"password":"${R}"}`],
    ['{"a":1,"password":"geheim"}', 12, '{"a":1}'],
    ['{"a":1,"b":2345678}', 15, '{"a":1}'],
    ['["\\\\\\\\",1]', 5, '["\\\\"]'],
    ['["a\\u00e9b"]', 7, '["a"]'],
    ['[[[[[[]]]]]]', 6, '[[[[[[]]]]]]'],
    ['"a long text"', 7, '"a long"'],
    ['{"a":tru,"b":[]}', 9, '{"a":tru,'],
    ['[1]]]]]', 5, '[1]]]'],
    ['123456789', 5, '12345']
  ]
  for (const [whole, limit, kept] of cases) {
    t.equal((await stored(Buffer.from(whole), limit)).body, kept, whole)
  }
})

t.test('wherever a JSON body is cut, what is stored of it is JSON without its secrets', async t => {
  const body = fc.json().chain(text =>
    fc.record({
      text: fc.constant(`{"b":${text},"password":"geheim","a":[${text}]}`),
      cut: fc.nat()
    })
  )
  await fc.assert(
    fc.asyncProperty(body, async ({ text, cut }) => {
      const whole = Buffer.from(text)
      const kept = (await stored(whole, 1 + (cut % (whole.length - 1)))).body as string
      t.notMatch(kept, /geh/)
      t.doesNotThrow(() => {
        JSON.parse(kept)
      }, kept)
    }),
    { numRuns: 500 }
  )
})

t.test('an event that a plugin makes too large is cut in all its parts', async t => {
  const long = 'x'.repeat(100)
  const text = eventJson(
    event({ path: long, headers: { A: '1', B: long, C: '3' }, query: { D: '4' } }),
    50
  )
  t.same(JSON.parse(text), {
    method: 'POST',
    path: 'x'.repeat(50),
    relativePath: '/a',
    headers: { A: '1' },
    body: '',
    query: {},
    truncated: true
  })
})

t.test('ten megabytes of anything are stored in less than half a megabyte', async t => {
  const size = 10 * 1024 * 1024
  const bodies = {
    zeros: Buffer.alloc(size),
    'keys of emoji': Buffer.from(
      `{${Array.from({ length: 500_000 }, (_, i) => `"\u{1f600}${i}":1`).join()}}`
    ),
    'long numbers in deep lists': Buffer.from(
      '['.repeat(5000) + '12345678901234567890,'.repeat(400_000)
    ),
    'nothing but brackets': Buffer.alloc(size, '['),
    'escapes within escapes': Buffer.alloc(size, '["\\u0000\\\\'),
    'large exponents': Buffer.from(`[${'1e300,'.repeat(size / 6)}1]`)
  }
  for (const [name, body] of Object.entries(bodies)) {
    const text = await storedEvent(event({ body }), LIMIT)
    t.ok(Buffer.byteLength(text) < size / 20, `${name}: ${Buffer.byteLength(text)} bytes`)
    t.match(JSON.parse(text), { truncated: true, bodySize: body.length, bodySha256: sha256(body) })
  }
})

t.test('a long body is stored as it came, whichever byte of it JSON must escape', t => {
  for (let byte = 0; byte < 256; byte++) {
    const body = Buffer.alloc(1027, 'x')
    body[byte * 4] = byte
    body[1026] = byte
    for (const cut of [body, body.subarray(1), body.subarray(2), body.subarray(3)]) {
      const { body: stored } = JSON.parse(json(event({ body: cut })))
      if (stored !== cut.toString()) t.fail(`byte ${byte} of ${cut.length}`)
    }
  }
  t.end()
})
