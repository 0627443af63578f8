/** A full queue, made with real calls that wait for a server of the test. */
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { build } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { portOf, saveWaiting, startGate } from '../../../helpers/gate.js'

/** What comes back for the head of a request whose body is never sent. */
async function answerToHead(port: number, id: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`POST /fn/${id} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n`)
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return chunk.toString()
}

for (const [name, settings] of [
  ['on the server', {}],
  ['on a port for functions alone', { FUNCTIONS_HOST: ':0' }]
] as const) {
  t.test(`${name}: while the queue is full a call is refused before its body is there`, async t => {
    const gate = await startGate(t)
    const app = await build(t, {
      SANDBOX_MAX: '1',
      QUEUE_LIMIT: '1',
      HTTP_ALLOW_PRIVATE: 'true',
      ...settings
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const id = await saveWaiting(app, gate)
    const functions = Number(new URL(app.functionsUrl()).port)
    const call = async () => await (await fetch(`http://127.0.0.1:${functions}/fn/${id}`)).text()
    const first = call()
    await eventually(t, async () => app.scheduler.counts().busy, 1)
    const second = call()
    await eventually(t, async () => app.scheduler.counts().waiting, 1)

    const answer = await answerToHead(functions, id)
    t.match(answer, /^HTTP\/1\.1 503 /)
    t.match(answer, /\r\nRetry-After: 1\r\n/)
    t.match(answer, /\r\naccess-control-allow-origin: \*\r\n/)
    t.match(answer, /\r\nx-request-id: \S+\r\n/)
    t.match(
      answer,
      /\r\n\r\n\{"error":"Too many calls wait for a sandbox \(QUEUE_LIMIT is 1\)"\}\n$/
    )
    t.equal(
      (await fetch(`http://127.0.0.1:${functions}/fn/${id}`, { method: 'OPTIONS' })).status,
      204
    )
    if (functions !== portOf(app.server)) {
      t.equal(
        (await fetch(`http://127.0.0.1:${portOf(app.server)}/fn/${id}`)).status,
        404,
        'functions answer elsewhere'
      )
    }

    gate.open()
    t.same(await Promise.all([first, second]), ['done', 'done'])
  })
}

t.test(
  'of many calls refused at a time each gets its answer, in order on its connection',
  async t => {
    const gate = await startGate(t)
    const app = await build(t, { SANDBOX_MAX: '1', QUEUE_LIMIT: '1', HTTP_ALLOW_PRIVATE: 'true' })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const port = portOf(app.server)
    const id = await saveWaiting(app, gate)
    const served = async () => await (await fetch(`http://127.0.0.1:${port}/fn/${id}`)).text()
    const first = served()
    await eventually(t, async () => app.scheduler.counts().busy, 1)
    const second = served()
    await eventually(t, async () => app.scheduler.counts().waiting, 1)

    const call = (name: string) =>
      `GET /fn/${id} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${name}\r\n\r\n`
    const leaving = Array.from({ length: 30 }, () =>
      connect(port, '127.0.0.1').on('error', () => {})
    )
    for (const socket of leaving) socket.write(call('leaves'))
    const texts = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const socket = connect(port, '127.0.0.1')
        socket.write(Array.from({ length: 5 }, () => call(`caller-${i}`)).join(''))
        if (i === 0) for (const other of leaving) other.destroy()
        let text = ''
        for await (const chunk of socket) {
          text += String(chunk)
          if (text.split('QUEUE_LIMIT is 1').length > 5) break
        }
        return text
      })
    )
    for (const text of texts) {
      t.same(
        [text.match(/HTTP\/1\.1 503 /g)?.length, new Set(text.match(/x-request-id: \S+/g)).size],
        [5, 5]
      )
    }

    gate.open()
    t.same(await Promise.all([first, second]), ['done', 'done'])
  }
)

t.test(
  'of a long queue each call gets its own answer: its body is read when its turn is near',
  async t => {
    const gate = await startGate(t)
    const app = await build(t, { SANDBOX_MAX: '1', HTTP_ALLOW_PRIVATE: 'true' })
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const id = await saveWaiting(app, gate, 'event.method .. " " .. event.body')
    const bodies = Array.from({ length: 300 }, (_, i) => `${i} `.repeat(i % 10 === 0 ? 30_000 : 1))
    const answers = bodies.map(
      async body => await (await fetch(`${base}/fn/${id}`, { method: 'POST', body })).text()
    )
    await eventually(t, async () => app.scheduler.counts().waiting, bodies.length - 1)
    t.ok(app.scheduler.admission.isBacklogged(id))
    const other = await saveWaiting(app, gate, '"other"')
    t.notOk(app.scheduler.admission.isBacklogged(other))
    // Half a body, and a caller who does not wait for the answer, hold up nobody.
    const half = connect(portOf(app.server), '127.0.0.1').on('error', () => {})
    half.write(`POST /fn/${id} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf`)
    const leaving = connect(portOf(app.server), '127.0.0.1').on('error', () => {})
    leaving.write(`GET /fn/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await eventually(t, async () => app.scheduler.counts().waiting, bodies.length + 1)
    leaving.destroy()
    await eventually(t, async () => app.scheduler.counts().waiting, bodies.length)
    gate.open()
    t.same(
      await Promise.all(answers),
      bodies.map(body => `POST ${body}`)
    )
    await eventually(t, async () => app.scheduler.counts().waiting, 0)
    half.write('whole')
    const [chunk] = (await once(half, 'data')) as [Buffer]
    t.match(String(chunk), 'POST halfwhole')
    half.destroy()
  }
)

t.test('who waits in a long queue keeps the place, however many press from behind', async t => {
  const gate = await startGate(t)
  const app = await build(t, { SANDBOX_MAX: '1', QUEUE_LIMIT: '300', HTTP_ALLOW_PRIVATE: 'true' })
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  const id = await saveWaiting(app, gate, 'event.body')
  const call = async (path: string, body: string) => {
    const answer = await fetch(`${base}${path}`, { method: 'POST', body })
    return [answer.status, await answer.text()] as const
  }
  const first = call(`/fn/${id}`, 'first')
  await eventually(t, async () => app.scheduler.counts().busy, 1)
  const bodies = Array.from({ length: 300 }, (_, i) => `${i} `.repeat(i % 3 === 0 ? 20_000 : 1))
  const early = bodies.map(async body => await call(`/fn/${id}`, body))
  await eventually(t, async () => app.scheduler.counts().waiting, bodies.length)
  const pressing = new AbortController()
  // An id may be written with percent escapes: such a call gets no better place.
  const late = Array.from({ length: 40 }, async (_, i) => {
    while (!pressing.signal.aborted) {
      await call(
        i % 2 === 0 ? `/fn/${id}` : `/fn/%${id.charCodeAt(0).toString(16)}${id.slice(1)}`,
        'late'
      )
    }
  })
  gate.open()
  t.same(
    await Promise.all(early),
    bodies.map(body => [200, body])
  )
  pressing.abort()
  await Promise.all([first, ...late])
  t.same(app.scheduler.counts(), { ...app.scheduler.counts(), waiting: 0, busy: 0 })
})

t.test(
  'calls of a long queue are served before the server stops, if they are called in',
  async t => {
    const gate = await startGate(t)
    const app = await build(t, { SANDBOX_MAX: '1', HTTP_ALLOW_PRIVATE: 'true' })
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const id = await saveWaiting(app, gate, 'event.body')
    const bodies = Array.from({ length: 300 }, (_, i) => String(i))
    const answers = bodies.map(
      async body => await (await fetch(`${base}/fn/${id}`, { method: 'POST', body })).text()
    )
    await eventually(t, async () => app.scheduler.counts().waiting, bodies.length - 1)
    app.scheduler.admission.admitAll()
    const closed = app.close()
    gate.open()
    t.same(await Promise.all(answers), bodies)
    await closed
  }
)

t.test(
  'who waits in a long queue is refused after QUEUE_TIMEOUT, or when the server stops, and counted',
  async t => {
    const gate = await startGate(t)
    const app = await build(t, { SANDBOX_MAX: '1', QUEUE_TIMEOUT: '2', HTTP_ALLOW_PRIVATE: 'true' })
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const id = await saveWaiting(app, gate)
    const refusals: Array<string | undefined> = []
    app.invoker.onCall(({ refusal }) => {
      if (refusal !== undefined) refusals.push(refusal)
    })
    const call = async () => {
      const answer = await fetch(`${base}/fn/${id}`)
      return [answer.status, await answer.text()] as const
    }
    const first = call()
    await eventually(t, async () => app.scheduler.counts().busy, 1)
    const late = await Promise.all(Array.from({ length: 200 }, call))
    for (const [status, text] of late) {
      t.same([status, text.includes('No sandbox was free within 2 seconds')], [503, true])
    }
    t.same(
      refusals,
      late.map(() => 'QUEUE_TIMEOUT')
    )

    const waiting = Array.from({ length: 200 }, call)
    await eventually(t, async () => app.scheduler.counts().waiting, 200)
    const closed = app.close()
    const stopped = (await Promise.all(waiting.slice(-50))).map(
      ([status, text]) => `${status} ${text}`
    )
    t.same(new Set(stopped), new Set(['503 {"error":"The server is stopping"}\n']))
    gate.open()
    t.same(await first, [200, 'done'])
    await closed
    t.equal(
      (await Promise.all(waiting)).filter(([status]) => status === 200).length,
      400 - refusals.length,
      'who was near is still served'
    )
  }
)
