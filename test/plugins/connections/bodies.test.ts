/** Bodies that do not come, come slowly, come for nobody, or come too many at a time. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t, { type Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { API_KEY, build } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { portOf, saveCode, saveWaiting, startGate } from '../../helpers/gate.js'
import { openRaw, statusesOf, type RawSocket } from '../../helpers/raw-socket.js'

const ECHO = 'function handler(ctx, event) return { body = event.body } end'

async function start(t: Test, settings: Record<string, string> = {}) {
  const app = await build(t, settings)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const id = await saveCode(app, ECHO)
  return { app, id, open: () => openRaw(t, portOf(app.server)) }
}

const head = (method: string, path: string, ...headers: string[]): string =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\n${headers.map(header => `${header}\r\n`).join('')}\r\n`

const post = (path: string, body: string): string =>
  head('POST', path, `Content-Length: ${body.length}`) + body

/** Bytes that this process, in which the server is too, still holds on to. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const held = (app: FastifyInstance): number => app.connections.bufferedBytes()

t.test('a body that stops half-way is answered with 408, and its connection is closed', async t => {
  const { app, id, open } = await start(t, { REQUEST_TIMEOUT: '1' })
  const length = 'Content-Length: 1000'
  const starts = [
    head('POST', `/fn/${id}`, length) + 'half',
    head('GET', `/fn/${id}`, length) + 'half',
    head('POST', `/fn/${id}`, 'Transfer-Encoding: chunked') + '4\r\nhalf\r\n',
    head('POST', '/api/functions', length, `Authorization: Bearer ${API_KEY}`) + '{',
    head('POST', '/api/auth/login', length) + '{'
  ]
  for (const text of await Promise.all(
    starts.map(async start => {
      const raw = await open()
      raw.send(start)
      return await raw.closed
    })
  )) {
    t.same(statusesOf(text), [408])
    t.match(text, /"error":"The request did not arrive within 1 seconds \(REQUEST_TIMEOUT\)"\}/)
  }
  t.equal(held(app), 0)
})

t.test('a body that trickles for longer than that is cut off too, and so is a head', async t => {
  const { id, open } = await start(t, { REQUEST_TIMEOUT: '2' })
  const trickle = async (start: string): Promise<string> => {
    const raw = await open()
    raw.send(start)
    const timer = setInterval(() => {
      raw.send('x')
    }, 200)
    return await raw.closed.finally(() => {
      clearInterval(timer)
    })
  }
  const texts = await Promise.all([
    trickle(head('POST', `/fn/${id}`, 'Content-Length: 1000')),
    trickle('GET / HTTP/1.1\r\nX-Slow: ')
  ])
  t.same(texts.map(statusesOf), [[408], [408]])
})

t.test('what nobody wants is answered before its body is there', async t => {
  const { app, id, open } = await start(t, { BODY_LIMIT: '100KiB' })
  const disabled = await saveCode(app, ECHO, { disabled: true })
  const length = 'Content-Length: 100000'
  const json = 'Content-Type: application/json'
  const cases: Array<[request: string, status: number]> = [
    [head('POST', '/fn/nobody', length), 404],
    [head('GET', '/fn/nobody', length), 404],
    [head('POST', '/fn/nobody', 'Transfer-Encoding: chunked'), 404],
    [head('PUT', `/fn/${disabled}`, length), 403],
    [head('POST', `/fn/${id}`, 'Content-Length: 102401'), 413],
    [head('GET', `/fn/${id}`, 'Content-Length: 102401'), 413],
    [head('POST', '/nowhere', length, json), 404],
    [head('POST', '/nowhere', length, 'Content-Type: text/html'), 404],
    [head('PATCH', '/healthz', length, json), 404],
    [head('POST', '/api/functions', length, json), 401],
    [
      head('POST', '/api/functions', 'Content-Length: 102401', `Authorization: Bearer ${API_KEY}`),
      413
    ]
  ]
  for (const [request, status] of cases) {
    const raw = await open()
    raw.send(request)
    t.same(statusesOf(await raw.until(/^HTTP.*\r\n\r\n./s)), [status], request)
  }
})

t.test(
  'a body that was answered already is dropped, and the connection goes on behind it',
  async t => {
    const { app, id, open } = await start(t)
    const raw = await open()
    raw.send(head('POST', '/fn/nobody', 'Content-Length: 50000'))
    await raw.until(/Function not found/)
    raw.send('x'.repeat(50_000) + post(`/fn/${id}`, 'still here'))
    t.same(statusesOf(await raw.until(/still here$/)), [404, 200])
    t.equal(held(app), 0)
  }
)

t.test(
  'a body that was answered already is cut off when it does not end, by bytes and by time',
  async t => {
    const { id, open } = await start(t, { BODY_LIMIT: '100KiB' })
    const flood = await open()
    flood.send(head('POST', '/fn/nobody', 'Transfer-Encoding: chunked'))
    await flood.until(/Function not found/)
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    for (let i = 0; i < 4; i++) flood.send(chunk)
    const silent = await open()
    silent.send(head('POST', `/fn/${id}`, 'Content-Length: 102401') + 'x')
    t.same((await Promise.all([flood.closed, silent.closed])).map(statusesOf), [[404], [413]])
  }
)

t.test(
  'a body of unknown length is refused when it grows past BODY_LIMIT, however much follows',
  async t => {
    const { app, id, open } = await start(t, { BODY_LIMIT: '100KiB' })
    for (const [path, ...headers] of [
      [`/fn/${id}`],
      ['/api/functions', `Authorization: Bearer ${API_KEY}`]
    ] as const) {
      const raw = await open()
      raw.send(head('POST', path, 'Transfer-Encoding: chunked', ...headers))
      for (let i = 0; i < 2; i++) raw.send(`10000\r\n${'x'.repeat(0x10000)}\r\n`)
      t.same(statusesOf(await raw.until(/BODY_LIMIT/)), [413], path)
    }
    await eventually(t, () => held(app), 0)
  }
)

t.test(
  'who expects 100-continue is told to go on when the body is wanted, and only then',
  async t => {
    const gate = await startGate(t)
    const { app, id, open } = await start(t, {
      SANDBOX_MAX: '1',
      QUEUE_LIMIT: '1',
      HTTP_ALLOW_PRIVATE: 'true',
      BODY_LIMIT: '100KiB'
    })
    const asking = (path: string, length = 5, ...headers: string[]): string =>
      head('POST', path, `Content-Length: ${length}`, 'Expect: 100-continue', ...headers)
    const wanted = await open()
    wanted.send(asking(`/fn/${id}`))
    t.equal(await wanted.until(/\r\n\r\n$/), 'HTTP/1.1 100 Continue\r\n\r\n')
    wanted.send('hello')
    t.same(statusesOf(await wanted.until(/hello$/)), [100, 200])

    const saved = await open()
    saved.send(asking('/api/functions', 2, `Authorization: Bearer ${API_KEY}`))
    await saved.until(/100 Continue/)
    saved.send('{}')
    t.same(statusesOf(await saved.until(/error/)), [100, 400])

    for (const [request, status] of [
      [asking('/fn/nobody'), 404],
      [asking(`/fn/${id}`, 102_401), 413],
      [asking('/api/functions'), 401]
    ] as const) {
      const raw = await open()
      raw.send(request)
      t.same(statusesOf(await raw.until(/error/)), [status])
    }
    const waits = await saveWaiting(app, gate)
    const waiting = [await open(), await open()]
    for (const [i, raw] of waiting.entries()) {
      raw.send(post(`/fn/${waits}`, 'x'))
      await eventually(t, () => app.scheduler.counts()[i === 0 ? 'busy' : 'waiting'], 1)
    }
    const refused = await open()
    refused.send(asking(`/fn/${waits}`))
    t.same(statusesOf(await refused.until(/QUEUE_LIMIT/)), [503])
    gate.open()
    for (const raw of waiting) await raw.until(/done/)
  }
)

t.test(
  'bodies on their way hold no more than BUFFERED_BYTES_MAX together: further large ones get 503, small ones find room',
  async t => {
    const { app, id, open } = await start(t, {
      BODY_LIMIT: '400KiB',
      RESPONSE_LIMIT: '400KiB',
      BUFFERED_BYTES_MAX: '1MiB'
    })
    const sent = 'x'.repeat(300 * 1024)
    const raws: RawSocket[] = []
    for (let i = 0; i < 10; i++) {
      const raw = await open()
      raw.send(
        head(
          'POST',
          `/fn/${id}`,
          ...(i % 2 === 0 ? ['Content-Length: 400000'] : ['Transfer-Encoding: chunked'])
        )
      )
      raw.send(i % 2 === 0 ? sent : `${sent.length.toString(16)}\r\n${sent}\r\n`)
      raws.push(raw)
      // Its bytes have come, or it is told that there is no room for them.
      await eventually(
        t,
        () => held(app) >= (Math.min(i + 1, 3) * sent.length) / 2 || raw.text() !== '',
        true
      )
      t.ok(held(app) <= 1024 ** 2, `${held(app)} bytes are held`)
    }
    await eventually(t, () => raws.filter(raw => raw.text() !== '').length >= 7, true)
    for (const raw of raws.filter(raw => raw.text() !== '')) {
      t.match(
        raw.text(),
        /^HTTP\/1\.1 503 [^]*\r\nRetry-After: 1\r\n[^]*BUFFERED_BYTES_MAX is 1048576 bytes/i
      )
    }
    const small = await open()
    small.send(post(`/fn/${id}`, 'small'))
    t.same(statusesOf(await small.until(/small$/)), [200])
    for (const { socket } of raws) socket.destroy()
    await eventually(t, () => held(app), 0)
    const after = await open()
    after.send(post(`/fn/${id}`, sent))
    t.same(statusesOf(await after.until(text => text.endsWith(sent))), [200])
    await eventually(t, () => held(app), 0)
  }
)

t.test(
  'bodies count while their calls wait and run, until the run ends, also when their callers leave',
  async t => {
    const gate = await startGate(t)
    const { app, open } = await start(t, { SANDBOX_MAX: '1', HTTP_ALLOW_PRIVATE: 'true' })
    const id = await saveWaiting(app, gate)
    const body = 'x'.repeat(50_000)
    const raws: RawSocket[] = []
    for (let i = 0; i < 4; i++) {
      const raw = await open()
      raws.push(raw)
      raw.send(post(`/fn/${id}`, body))
      await eventually(t, () => [app.scheduler.counts().busy, app.scheduler.counts().waiting], [
        1,
        i
      ])
      t.equal(held(app), body.length * (i + 1))
    }
    const [running, ...waiting] = raws
    running?.socket.destroy()
    waiting[0]?.socket.destroy()
    await eventually(
      t,
      () => held(app),
      body.length * 3,
      'the run that goes on has its body, who waited has left with it'
    )
    gate.open()
    for (const raw of waiting.slice(1)) await raw.until(/done/)
    await eventually(t, () => held(app), 0)
  }
)

t.test(
  'a body of which every byte comes in a chunk of its own is held in no more memory than it has bytes',
  async t => {
    const size = 400_000
    const { app, id, open } = await start(t, { BODY_LIMIT: '1MiB' })
    const raw = await open()
    raw.send(head('POST', `/fn/${id}`, 'Transfer-Encoding: chunked'))
    const before = memory()
    raw.send('1\r\nx\r\n'.repeat(size))
    await eventually(t, () => held(app) >= size * 0.98, true)
    // A buffer for each of them would take 270 bytes for one.
    const grown = memory() - before
    t.ok(grown < 20 * size, `${grown} bytes`)
    raw.send('0\r\n\r\n')
    const whole = 'x'.repeat(size)
    await raw.until(text => text.endsWith(whole))
    await eventually(t, () => held(app), 0)
  }
)

t.test(
  'a body that comes byte by byte, each with a pause, counts for what its pieces take',
  async t => {
    const { app, id, open } = await start(t)
    const raw = await open()
    raw.socket.setNoDelay(true)
    raw.send(head('POST', `/fn/${id}`, 'Content-Length: 21'))
    for (let i = 0; i < 20; i++) {
      raw.send('x')
      await eventually(t, () => held(app) >= 256 * (i + 1), true)
    }
    raw.send('y')
    await raw.until(/x{20}y$/)
    await eventually(t, () => held(app), 0)
  }
)

t.test('the bodies for one function leave room for those for others, and for the API', async t => {
  const { app, id, open } = await start(t, {
    BODY_LIMIT: '400KiB',
    RESPONSE_LIMIT: '400KiB',
    BUFFERED_BYTES_MAX: '1MiB'
  })
  const other = await saveCode(app, ECHO)
  const sent = 'x'.repeat(60_000)
  let refused = 0
  for (let i = 0; i < 40; i++) {
    const raw = await open()
    // Small pieces find room where large ones do not: they are what fills the last of it.
    const size = i < 12 ? sent.length : 2000
    raw.send(head('POST', `/fn/${id}`, 'Content-Length: 70000') + sent.slice(0, size))
    const before = held(app)
    await eventually(t, () => held(app) > before || raw.text() !== '', true)
    if (raw.text() !== '') refused++
  }
  t.ok(refused > 0, 'there is no more room for this one')
  const text = 'y'.repeat(120_000)
  const raw = await open()
  raw.send(post(`/fn/${other}`, text))
  t.same(statusesOf(await raw.until(/^HTTP[^]*\r\n\r\n./)), [200])
  const saved = await open()
  const body = JSON.stringify({ name: 'saved', code: `${ECHO} -- ${'y'.repeat(50_000)}` })
  saved.send(
    head(
      'POST',
      '/api/functions',
      `Authorization: Bearer ${API_KEY}`,
      `Content-Length: ${body.length}`
    ) + body
  )
  t.same(statusesOf(await saved.until(/^HTTP[^]*\r\n\r\n./)), [200])
})
