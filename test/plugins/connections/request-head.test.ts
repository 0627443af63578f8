/** Heads that are broken, ambiguous or too large, and what comes behind them on their connections. */
import type { ServerResponse } from 'node:http'
import t from 'tap'
import { build } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { portOf, saveCode, saveWaiting, startGate } from '../../helpers/gate.js'
import { openRaw, statusesOf } from '../../helpers/raw-socket.js'

const gate = await startGate(t)
const app = await build(t, { HTTP_ALLOW_PRIVATE: 'true' })
await app.listen({ port: 0, host: '127.0.0.1' })
const port = portOf(app.server)
const id = await saveCode(
  app,
  `function handler(ctx, event)
  local count = 0
  for _ in pairs(event.headers) do count = count + 1 end
  return { body = event.method .. " " .. count .. " " .. (event.headers["X-Last"] or "none") .. " " .. event.body }
end`
)
const runs = async () => {
  const answer = await app.inject({
    url: `/api/functions/${id}/executions`,
    headers: { authorization: 'Bearer test-key' }
  })
  return answer.json<{ pagination: { total: number } }>().pagination.total
}

async function send(text: string) {
  const raw = await openRaw(t, port)
  raw.send(text)
  return raw
}

const get = (...headers: string[]) =>
  ['GET /fn/ID HTTP/1.1'.replace('ID', id), ...headers, '', ''].join('\r\n')

t.test('a head with as many headers as there may be reaches the function whole', async t => {
  const many = Array.from({ length: 998 }, (_, i) => `a${i.toString(36)}:1`)
  const raw = await send(get('Host: x', ...many, 'X-Last: there'))
  t.match(await raw.until(/there/), /GET 999 there/)
})

t.test(
  'more headers than a thousand, or more than 16 KiB of them, are told and nothing is run',
  async t => {
    const before = await runs()
    const many = Array.from({ length: 1000 }, (_, i) => `a${i.toString(36)}:1`)
    for (const request of [
      get('Host: x', ...many),
      get('Host: x', `X-Large: ${'x'.repeat(17_000)}`),
      get('Host: x', ...many, ...many, ...many)
    ]) {
      const text = await (await send(request)).closed
      t.same(statusesOf(text), [431])
      t.match(text, /\r\n\r\n\{"error":".+"\}\n$/)
    }
    t.equal(await runs(), before)
  }
)

t.test('a head that says two things is refused, and its connection closed', async t => {
  const before = await runs()
  const post = (...headers: string[]) => get(...headers).replace('GET', 'POST')
  const requests = {
    'two hosts': get('Host: x', 'Host: x'),
    'two hosts in other cases': get('host: x', 'HOST: y'),
    'no host': get('X-A: 1'),
    'two lengths': `${post('Host: x', 'Content-Length: 2', 'Content-Length: 3')}ab`,
    'one length twice': `${post('Host: x', 'Content-Length: 2', 'Content-Length: 2')}ab`,
    'a list of lengths': `${post('Host: x', 'Content-Length: 2, 2')}ab`,
    'a length and chunks': `${post('Host: x', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    'chunks and a length': `${post('Host: x', 'Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\n`,
    'chunks that are not last': `${post('Host: x', 'Transfer-Encoding: chunked, gzip')}0\r\n\r\n`,
    'a folded header': get('Host: x', 'X-A: 1', ' folded'),
    'a blank before the colon': get('Host: x', 'X-A : 1'),
    'a header that ends with a line feed alone': get('Host: x').replace(
      'Host: x\r\n',
      'Host: x\nX-A: 1\r\n'
    ),
    'a size of a chunk with a sign': `${post('Host: x', 'Transfer-Encoding: chunked')}+1\r\na\r\n0\r\n\r\n`
  }
  for (const [name, request] of Object.entries(requests)) {
    const text = await (await send(request + get('Host: x'))).closed
    t.same(statusesOf(text), [400], name)
    t.match(text, /\r\n\r\n\{"error":".+"\}\n$/, name)
  }
  t.equal(await runs(), before)
})

t.test('a client of HTTP/1.0 needs no host, and a whole address may stand for a path', async t => {
  t.match(
    await (
      await send(`GET /fn/${id} HTTP/1.0\r\n\r\n`)
    ).closed,
    /^HTTP\/1\.1 200 [^]*GET 0 none/
  )
  const absolute = await send(`GET http://elsewhere/fn/${id} HTTP/1.1\r\nHost: x\r\n\r\n`)
  t.match(await absolute.until(/none/), /^HTTP\/1\.1 200 /)
})

t.test(
  'after a wish to upgrade the connection is closed, or what follows is answered: nothing is lost',
  async t => {
    for (const upgrade of [
      ['Connection: Upgrade', 'Upgrade: websocket'],
      ['Connection: keep-alive, Upgrade', 'Upgrade: h2c'],
      ['Upgrade: foo']
    ]) {
      const raw = await send(
        get('Host: x', ...upgrade, 'X-Last: first') +
          get('Host: x', 'X-Last: second', 'Connection: close')
      )
      const text = await raw.closed
      t.match(text, /GET \d first/)
      if (!text.includes('second')) t.match(text, /^connection: close\r$/im)
    }
    t.equal(
      statusesOf(await (await send('CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n')).closed).includes(
        200
      ),
      false
    )
  }
)

t.test('what breaks behind a request that is still running is answered behind it', async t => {
  const waits = await saveWaiting(app, gate)
  const raw = await send(`GET /fn/${waits} HTTP/1.1\r\nHost: x\r\n\r\n`)
  await eventually(t, () => app.scheduler.counts().busy, 1)
  raw.send('this is no HTTP\r\n\r\n')
  const other = await send(get('Host: x'))
  await other.until(/none/)
  t.equal(raw.text(), '', 'nothing is answered before the first')
  gate.open()
  const text = await raw.closed
  t.same(statusesOf(text), [200, 400])
  t.match(text, /done[^]*no valid HTTP/)
})

t.test('a body of a HEAD request is read, and the connection goes on behind it', async t => {
  const raw = await send(
    get('Host: x', 'Content-Length: 3').replace('GET', 'HEAD') +
      'abc' +
      get('Host: x', 'X-Last: next')
  )
  t.same(statusesOf(await raw.until(/next/)), [200, 200])
})

t.test(
  'trailers and extensions of chunks are dropped where they are few, and cut off where they are not',
  async t => {
    const chunked = `POST /fn/${id} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`
    const few = await send(
      `${chunked}1;a=b\r\nx\r\n0\r\nX-Last: trailer\r\n\r\n${get('Host: x', 'X-Last: next')}`
    )
    t.match(await few.until(/next/), /POST 1 none x[^]*GET 1 next/)
    const floods = [
      `${chunked}1;${'a'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`,
      `${chunked}1\r\nx\r\n0\r\n${'X-A: 1\r\n'.repeat(5000)}\r\n`
    ]
    for (const flood of floods) {
      t.match(statusesOf(await (await send(flood)).closed)[0], /^4(13|31)$/)
    }
  }
)

t.test(
  'what goes on to come on a broken connection adds nothing to what waits there to be answered',
  async t => {
    const held = await startGate(t)
    const waits = await saveWaiting(app, held)
    const raw = await openRaw(t, port)
    const [response] = await Promise.all([
      new Promise<ServerResponse>(resolve => {
        app.server.once('request', (_request, response) => {
          resolve(response)
        })
      }),
      raw.send(`GET /fn/${waits} HTTP/1.1\r\nHost: x\r\n\r\n`)
    ])
    let broken = 0
    const count = (): void => {
      broken++
    }
    app.server.on('clientError', count)
    t.teardown(() => {
      app.server.off('clientError', count)
    })
    const before = response.listenerCount('close')
    for (let i = 1; i <= 20; i++) {
      raw.send('no HTTP\r\n')
      await eventually(t, () => broken >= i, true)
    }
    t.equal(response.listenerCount('close'), before + 1)
    held.open()
    t.same(statusesOf(await raw.closed), [200, 400])
  }
)
