/** How streams end before their time, and callers that are slow or leave. */
import t from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { portOf, saveCode, startGate } from '../../../helpers/gate.js'
import { openRaw } from '../../../helpers/raw-socket.js'
import {
  END,
  ended,
  headers,
  logsOf,
  newest,
  pidsOf,
  start,
  streaming,
  type Listed
} from './stream-server.js'

t.test(
  'a stream that fails breaks no answer that was asked for before it on its connection',
  async t => {
    const gate = await startGate(t)
    const { app } = await start(t)
    const slow = await saveCode(
      app,
      `function handler() http.get("http://127.0.0.1:${gate.port}/") return { body = "first" } end`
    )
    const id = await saveCode(app, streaming('write("one") error("broken")'))
    const raw = await openRaw(t, portOf(app.server))
    raw.send([slow, id, slow].map(fn => `GET /fn/${fn} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
    await ended(t, app, id)
    gate.open()
    t.match(await raw.closed, /\r\n\r\nfirstHTTP\/1\.1 200 OK[^]*\r\n3\r\none\r\n$/)
  }
)

t.test('the deadline ends a stream, and is recorded', async t => {
  const { app, base } = await start(t, { EXECUTION_TIMEOUT: '1' })
  for (const body of [
    'write("a") while true do end',
    'while true do write("a") time.sleep(20) end'
  ]) {
    const id = await saveCode(app, streaming(body))
    const answer = await fetch(`${base}/fn/${id}`)
    await t.rejects(answer.text(), 'the body breaks off')
    t.match(await ended(t, app, id), { status: 'error', error: { kind: 'timeout' } })
  }
})

t.test('a sandbox that is killed in the middle breaks the connection, and is recorded', async t => {
  const { app, ask } = await start(t)
  const id = await saveCode(app, streaming('write("a") time.sleep(60000)'))
  const raw = await ask(id)
  await raw.until(/\r\na\r\n/)
  for (const pid of pidsOf(app)) process.kill(pid, 'SIGKILL')
  t.notMatch(await raw.closed, END)
  t.match(await ended(t, app, id), { status: 'error', error: { kind: 'crash' }, response_size: 1 })
})

t.test('a function learns from write that its caller has left, and ends as it likes', async t => {
  const { app, ask } = await start(t)
  const until = 'local ok, why repeat ok, why = write("tick\\n") time.sleep(5) until not ok '
  const id = await saveCode(
    app,
    streaming(`${until} log.info(why) log.info(tostring(write("more")))`)
  )
  const other = await saveCode(app, streaming(`${until} error(why)`))
  for (const [fn, record] of [
    [id, { status: 'success', status_code: 200 }],
    [other, { status: 'error', error: { kind: 'runtime', message: /client closed/ } }]
  ] as const) {
    const raw = await ask(fn)
    await raw.until(/tick\n/)
    raw.socket.destroy()
    t.match(await ended(t, app, fn), record)
  }
  t.strictSame(await logsOf(app, await ended(t, app, id)), ['client closed', 'nil'])
})

t.test('a caller that reads nothing stops its own function, and nobody else', async t => {
  const { app, base, ask } = await start(t, { RESPONSE_LIMIT: '64MiB', SANDBOX_MAX: '4' })
  const id = await saveCode(
    app,
    streaming('for i = 1, 900 do write(("x"):rep(65536)) end log.info("all written")')
  )
  const slow = await ask(id)
  slow.socket.pause()
  await eventually(t, async () => (await newest(app, id))?.status, 'pending')
  const whole = await fetch(`${base}/fn/${id}`)
  t.equal((await whole.arrayBuffer()).byteLength, 900 * 65536)
  t.ok(app.connections.bufferedBytes() < 1024 ** 2, 'the server holds next to nothing')
  await eventually(t, async () => {
    const { executions } = (
      await app.inject({ url: `/api/functions/${id}/executions`, headers })
    ).json<{
      executions: Listed[]
    }>()
    return executions.map(({ status }) => status)
  }, ['success', 'pending'])
  let taken = 0
  let tail = ''
  slow.socket.on('data', (chunk: Buffer) => {
    taken += chunk.length
    tail = (tail + chunk.toString('latin1')).slice(-10)
  })
  slow.socket.resume()
  await eventually(t, () => tail, END, 'all of it comes once it reads')
  t.ok(taken > 900 * 65536)
})

t.test(
  'a caller that takes nothing is cut off by REQUEST_TIMEOUT; one that reads a silent stream is not',
  async t => {
    const gate = await startGate(t)
    const { app, ask } = await start(t, { RESPONSE_LIMIT: '64MiB', REQUEST_TIMEOUT: '1' })
    const silent = await saveCode(
      app,
      streaming(`write("a") http.get("http://127.0.0.1:${gate.port}/") write("b")`)
    )
    const flood = await saveCode(
      app,
      streaming('local ok, why repeat ok, why = write(("x"):rep(60000)) until not ok log.info(why)')
    )
    const reading = await ask(silent)
    await reading.until(/\r\na\r\n/)
    const deaf = await ask(flood)
    deaf.socket.pause()
    const execution = await ended(t, app, flood)
    t.match(execution, { status: 'success' })
    t.strictSame(await logsOf(app, execution), ['client closed'])
    gate.open()
    t.match(await reading.until(END), /\r\na\r\n1\r\nb\r\n/)
  }
)

t.test('short runs do not wait behind a stream', async t => {
  const { app, base, ask } = await start(t, { SANDBOX_MAX: '4' })
  const id = await saveCode(
    app,
    `function handler(ctx, event)
      if not event.query.stream then return { body = "short" } end
      return { body = function(write) repeat local ok = write(".") time.sleep(10) until not ok end }
    end`
  )
  const short = async () => await (await fetch(`${base}/fn/${id}`)).text()
  for (let i = 0; i < 20; i++) t.equal(await short(), 'short')
  const raw = await ask(`${id}?stream=1`)
  await raw.until(/\r\n\.\r\n/)
  for (let i = 0; i < 20; i++) t.equal(await short(), 'short')
  t.strictSame(await Promise.all(Array.from({ length: 20 }, short)), Array(20).fill('short'))
  raw.socket.destroy()
})

t.test('old and impatient callers get their streams whole', async t => {
  const { app } = await start(t)
  const id = await saveCode(app, streaming('write("one") kv.set("a", "two") write(kv.get("a"))'))
  const get = `GET /fn/${id} HTTP/1.1\r\nHost: x\r\n`
  const all = async (text: string) => {
    const raw = await openRaw(t, portOf(app.server))
    raw.send(text)
    return (await raw.closed).replace(/HTTP\/1\.[^]*?\r\n\r\n/g, '|')
  }
  t.equal(await all(`GET /fn/${id} HTTP/1.0\r\n\r\n`), '|onetwo')
  const whole = '|3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n'
  t.equal(await all(`${get}Connection: close\r\n\r\n`), whole)
  t.equal(await all(`${`${get}\r\n`.repeat(3)}${get}Connection: close\r\n\r\n`), whole.repeat(4))
})

t.test(
  "a function's own time limit holds for its streams, and so do the server's own headers",
  async t => {
    const { app, ask } = await start(t)
    const code = streaming(
      'write("a") while true do time.sleep(10) end',
      'headers = { ["X-Execution-Id"] = "forged", ["Transfer-Encoding"] = "gzip", ["Set-Cookie"] = { "a=1", "auth_token=x" } },'
    )
    const id = await saveCode(app, code, { timeout_seconds: 1 })
    const raw = await ask(id)
    const text = await raw.closed
    t.match(text, /\r\na\r\n$/)
    t.notMatch(text, /forged|gzip|auth_token/)
    t.match(text, /set-cookie: a=1\r\n/i)
    t.match(await ended(t, app, id), {
      error: { kind: 'timeout', message: /after 1 second \(timeout_seconds\)/ },
      response_size: 1
    })
  }
)
