/** Connections that are kept, and closed by the other side when the next request is on its way. */
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { client, failure, serveRaw } from './serve.js'

const REPLY = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok'

/** Answers the first request of the first connection; what follows on it gets `ending`. Later connections work. */
function closing(ending: (socket: Socket) => void) {
  const seen: string[] = []
  let connections = 0
  return {
    seen,
    onSocket(socket: Socket) {
      const connection = ++connections
      let requests = 0
      socket.on('data', data => {
        const text = data.toString('latin1')
        seen.push(`${connection} ${text.split(' ')[0]} ${text.split('\r\n\r\n')[1]}`)
        if (connection === 1 && ++requests > 1) ending(socket)
        else socket.write(REPLY)
      })
    }
  }
}

/** A request whose connection is free again afterwards. */
async function keep(request: Promise<unknown>): Promise<void> {
  await request
  await nextTurn()
}

const endings: Record<string, (socket: Socket) => void> = {
  'is closed': socket => {
    socket.end()
  },
  'is reset': socket => {
    socket.resetAndDestroy()
  }
}

for (const [how, ending] of Object.entries(endings)) {
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
    t.test(
      `a ${method} on a kept connection that ${how} before any byte of the answer is repeated once`,
      async t => {
        const server = closing(ending)
        const { url } = await serveRaw(t, server.onSocket)
        const { request } = client(t)
        await keep(request(url))
        const body = method === 'PUT' ? { body: 'sent' } : {}
        t.equal((await request(url, { method, ...body })).statusCode, 200)
        t.same(server.seen.slice(1), [
          `1 ${method} ${body.body ?? ''}`,
          `2 ${method} ${body.body ?? ''}`
        ])
      }
    )
  }
}

for (const method of ['POST', 'PATCH']) {
  t.test(`a ${method} is never sent twice`, async t => {
    const server = closing(socket => {
      socket.end()
    })
    const { url } = await serveRaw(t, server.onSocket)
    const { request } = client(t)
    await keep(request(url))
    t.match(
      await failure(request(url, { method, body: 'x' })),
      /closed the connection before its reply was complete/
    )
    t.same(server.seen.slice(1), [`1 ${method} x`])
  })
}

t.test(
  'what fails on a new connection, or after a byte of the answer, is not repeated',
  async t => {
    const begun = closing(socket => {
      socket.end('HTTP/1.1 2')
    })
    const { url } = await serveRaw(t, begun.onSocket)
    const { request } = client(t)
    await keep(request(url))
    t.match(await failure(request(url)), /closed the connection/)
    t.equal(begun.seen.length, 2)

    let requests = 0
    const fresh = await serveRaw(t, socket => {
      socket.once('data', () => {
        requests++
        socket.end()
      })
    })
    t.match(await failure(request(fresh.url)), /closed the connection/)
    t.equal(requests, 1)
  }
)

t.test('a repeated request that fails as well is not tried a third time', async t => {
  let connections = 0
  const seen: number[] = []
  const { url } = await serveRaw(t, socket => {
    const connection = ++connections
    let requests = 0
    socket.on('data', () => {
      seen.push(connection)
      if (connection === 1 && ++requests === 1) socket.write(REPLY)
      else socket.end()
    })
  })
  const { request } = client(t)
  await keep(request(url))
  t.match(await failure(request(url)), /closed the connection/)
  t.same(seen, [1, 1, 2])
})

t.test('the deadline of a call holds for its repetition too', async t => {
  let connections = 0
  const { url } = await serveRaw(t, socket => {
    const connection = ++connections
    let requests = 0
    socket.on('data', () => {
      if (connection > 1) return
      if (++requests === 1) socket.write(REPLY)
      else socket.end()
    })
  })
  const { request } = client(t, { timeoutMs: 300 })
  await keep(request(url))
  t.match(await failure(request(url)), /no complete reply of .* within 0.3 s/)
  t.equal(connections, 2)
})
