/** Requests as raw bytes, legal and not: the function sees what was sent, or the caller is told what is wrong. */
import { deepStrictEqual } from 'node:assert/strict'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import fc from 'fast-check'
import '../../../helpers/fuzzing.js'
import { canonicalHeaderName } from '../../../../core/http/header-names.js'
import { API_KEY, build } from '../../../helpers/build.js'

const app = await build(t, { BODY_LIMIT: '65536' })
await app.listen({ port: 0, host: '127.0.0.1' })
const { port } = app.server.address() as AddressInfo
const code = `local function fields(of)
  local list = {}
  for name, value in pairs(of) do list[#list + 1] = { base64.encode(name), base64.encode(value) } end
  return list
end
function handler(ctx, event)
  return { body = json.encode({ method = event.method, path = base64.encode(event.path), relative = base64.encode(event.relativePath),
    body = base64.encode(event.body), headers = fields(event.headers), query = fields(event.query) }) }
end`
const { id } = (
  await app.inject({
    method: 'POST',
    url: '/api/functions',
    headers: { authorization: `Bearer ${API_KEY}` },
    payload: { name: 'f', code }
  })
).json<{ id: string }>()

/**
 * All that comes back until the server closes, or is silent for so long: what is broken may look like a request whose
 * rest is to come.
 */
async function send(request: Buffer, patienceMs = 30_000): Promise<string> {
  return await new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setTimeout(patienceMs, () => {
      socket.destroy()
    })
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      resolve(text)
    })
    socket.write(request)
  })
}

/** For requests that need not get an answer. */
const PATIENCE_MS = 150

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? NaN)

interface Seen {
  method: string
  path: string
  relative: string
  body: string
  headers: Record<string, string>
  query: Record<string, string>
}

function seen(answer: string): Seen {
  const raw = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as {
    method: string
    path: string
    relative: string
    body: string
    headers: string[][]
    query: string[][]
  }
  const text = (base64: string | undefined) =>
    Buffer.from(base64 ?? '', 'base64').toString('latin1')
  const fields = (list: string[][]) =>
    Object.fromEntries(
      (Array.isArray(list) ? list : []).map(([name, value]) => [text(name), text(value)])
    )
  return {
    method: raw.method,
    path: text(raw.path),
    relative: text(raw.relative),
    body: text(raw.body),
    headers: fields(raw.headers),
    query: fields(raw.query)
  }
}

const hex = (byte: number, upper: boolean) =>
  `%${(upper ? byte.toString(16).toUpperCase() : byte.toString(16)).padStart(2, '0')}`
/** Text as it is written in a target, and the bytes it means. */
interface Written {
  readonly written: string
  readonly means: string
}
const join = (parts: readonly Written[], by = ''): Written => ({
  written: parts.map(({ written }) => written).join(by),
  means: parts.map(({ means }) => means).join(by)
})
const plain = (...texts: string[]) =>
  fc.constantFrom(...texts).map(text => ({ written: text, means: text }))
const escaped = (...bytes: number[]) =>
  fc
    .tuple(fc.constantFrom(...bytes), fc.boolean())
    .map(([byte, upper]) => ({ written: hex(byte, upper), means: String.fromCharCode(byte) }))
const utf8 = fc.constantFrom('%C3%A9', '%e2%82%ac', '%F0%9F%8C%99').map(written => ({
  written,
  means: Buffer.from(decodeURIComponent(written), 'utf8').toString('latin1')
}))

const pathPart = fc.oneof(
  plain(
    'a',
    'B',
    '9',
    '-',
    '.',
    '..',
    '_',
    '~',
    '!',
    '$',
    "'",
    '(',
    ')',
    '*',
    ',',
    ';',
    ':',
    '@',
    '=',
    '+',
    '/',
    '//'
  ),
  escaped(0x20, 0x25, 0x2b, 0x41, 0x7e),
  utf8
)
const queryPart = fc.oneof(
  plain('a', 'b', '1', '-', '_', '/', '?', ':', '@', '['),
  escaped(0, 0x20, 0x26, 0x3b, 0x3d, 0x41, 0x80, 0xff),
  utf8,
  fc.constant({ written: '+', means: ' ' })
)
const field = fc.array(queryPart, { maxLength: 4 }).map(parts => join(parts))
type Pair = readonly [written: string, name: string | undefined, value: string]
const pair: fc.Arbitrary<Pair> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(field, field)
      .map(([name, value]): Pair => [`${name.written}=${value.written}`, name.means, value.means])
  },
  {
    weight: 1,
    arbitrary: field.map((name): Pair => [
      name.written,
      name.written === '' ? undefined : name.means,
      ''
    ])
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('a=%', 'b=%4', '%zz=1', 'a=1;b=2', ';', '')
      .map((written): Pair => [written, undefined, ''])
  }
)
const headerName = fc.stringMatching(/^[xX]-[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,8}$/)
const headerValue = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter(byte => byte !== 0x7f),
    { maxLength: 12 }
  )
  .map(bytes => String.fromCharCode(...bytes).trim())
const body = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('latin1'))
)
const framing = fc.constantFrom('length', 'chunked', 'chunked with trailers')

function bodyBytes(text: string | undefined, how: string): string {
  if (text === undefined) return '\r\n'
  if (how === 'length') return `Content-Length: ${text.length}\r\n\r\n${text}`
  const chunks = [text.slice(0, 7), text.slice(7)]
    .filter(chunk => chunk !== '')
    .map(chunk => `${chunk.length.toString(16)};x=1\r\n${chunk}\r\n`)
    .join('')
  return `Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n${how === 'chunked' ? '' : 'X-Trailer: t\r\n'}\r\n`
}

const firsts = (pairs: ReadonlyArray<readonly [string | undefined, string]>) => {
  const found = new Map<string, string>()
  for (const [name, value] of pairs) {
    if (name !== undefined && !found.has(name)) found.set(name, value)
  }
  return Object.fromEntries(found)
}

t.test('a legal request reaches the function byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
      fc.array(pathPart, { maxLength: 6 }),
      fc.option(fc.array(pair, { maxLength: 5 }), { nil: undefined }),
      fc.array(fc.tuple(headerName, headerValue), { maxLength: 4 }),
      body,
      framing,
      fc.boolean(),
      async (method, parts, pairs, headers, text, how, absolute) => {
        const path = join(parts)
        const target = `/fn/${id}${path.written === '' ? '' : `/${path.written}`}${pairs === undefined ? '' : `?${pairs.map(([written]) => written).join('&')}`}`
        const request = `${method} ${absolute ? `http://127.0.0.1:${port}` : ''}${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${bodyBytes(text, how)}`
        const answer = await send(Buffer.from(request, 'latin1'))
        if (statusOf(answer) !== 200) throw new Error(answer)
        const event = seen(answer)
        const whole = `/fn/${id}${path.written === '' ? '' : `/${path.means}`}`
        const own = Object.fromEntries(
          Object.entries(event.headers).filter(([name]) => name.startsWith('X-'))
        )
        const wanted = {
          method,
          path: whole,
          relative: whole.slice(4 + id.length) || '/',
          body: text ?? '',
          headers: firsts(headers.map(([name, value]) => [canonicalHeaderName(name), value])),
          query: firsts((pairs ?? []).map(([, name, value]) => [name, value]))
        }
        deepStrictEqual({ ...event, headers: own }, wanted)
        if ('Host' in event.headers) throw new Error('Host is no header of an event')
      }
    ),
    { numRuns: 250 }
  )
})

const illegal = [
  'GET /fn/ID/%zz HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /fn/ID/%c0%af HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /fn/ID/%ff HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /fn/ID/\x80\xff HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /fn/ID/a\0b HTTP/1.1\r\nHost: x\r\n\r\n',
  `GET /fn/ID/${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /fn/ID/${'x/'.repeat(7000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /fn/${'x'.repeat(8000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'BREW /fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'PROPFIND /fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'get /fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'CONNECT /fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'TRACE /fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /fn/ID HTTP/1.1\r\n\r\n',
  'GET /fn/ID HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
  'GET /fn/ID HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n folded\r\n\r\n',
  'GET /fn/ID HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n',
  'GET /fn/ID HTTP/1.1\r\nHost: x\r\nX A: 1\r\n\r\n',
  'GET /fn/ID HTTP/1.1\r\nHost: x\r\n: 1\r\n\r\n',
  'GET /fn/ID HTTP/2.0\r\nHost: x\r\n\r\n',
  'GET /fn/ID HTTP/1.0\r\n\r\n',
  'GET /fn/ID\r\n\r\n',
  'GET  /fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET * HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET http:// HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET http://[/fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET //fn/ID HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /fn/ID#a?b HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /fn/ID?%zz&=&=1&& HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /fn/ID HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  'POST /fn/ID HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  'POST /fn/ID HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /fn/ID HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nx',
  'POST /fn/ID HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n',
  'POST /fn/ID HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx',
  'POST /fn/ID HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n',
  'POST /fn/ID HTTP/1.1\r\nHost: x\r\nExpect: 200-maybe\r\nContent-Length: 1\r\n\r\nx',
  'GET /fn/ID HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  `GET /fn/ID HTTP/1.1\r\nHost: x\r\n${'X-A: 1\r\n'.repeat(3000)}\r\n`,
  `GET /fn/ID HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`
].map(request => request.replace('ID', id))

for (const request of illegal) {
  t.test(
    `${JSON.stringify(request.replace(id, 'ID').replace(' HTTP/1.1\r\nHost: x\r\n\r\n', '').slice(0, 70))} is answered, or told to be wrong, or cut off`,
    async t => {
      const answer = await send(Buffer.from(request, 'latin1'), PATIENCE_MS)
      const status = statusOf(answer)
      t.notOk(status >= 500 && status !== 501 && status !== 505, answer.slice(0, 300))
      if (status >= 400 && answer.includes('application/json')) {
        t.match(answer, /\r\n\r\n\{"error":".+"\}\n$/)
      }
    }
  )
}

t.test(
  'whatever bytes change in a request, no answer is a fault of the server, and the server goes on',
  async t => {
    const change = fc.record({
      at: fc.nat(),
      remove: fc.nat({ max: 3 }),
      insert: fc.uint8Array({ maxLength: 3 })
    })
    const start = fc.constantFrom(
      ...illegal.filter(({ length }) => length < 500),
      `POST /fn/${id}/a?b=c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(start, fc.array(change, { minLength: 1, maxLength: 3 })), {
          minLength: 20,
          maxLength: 20
        }),
        async requests => {
          await Promise.all(
            requests.map(async ([request, changes]) => {
              let bytes = Buffer.from(request, 'latin1')
              for (const { at, remove, insert } of changes) {
                const place = at % bytes.length
                bytes = Buffer.concat([
                  bytes.subarray(0, place),
                  insert,
                  bytes.subarray(place + remove)
                ])
              }
              const answer = await send(bytes, PATIENCE_MS)
              if (statusOf(answer) >= 500 && ![501, 503, 505].includes(statusOf(answer))) {
                throw new Error(`${JSON.stringify(bytes.toString('latin1'))} gave ${answer}`)
              }
            })
          )
        }
      ),
      { numRuns: 8 }
    )
    t.equal(
      statusOf(
        await send(Buffer.from(`GET /fn/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))
      ),
      200
    )
  }
)
