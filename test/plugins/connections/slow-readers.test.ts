/** Callers that do not take what they asked for. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { API_KEY, build } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { portOf, saveCode } from '../../helpers/gate.js'

const SIZE = 8 * 1024 ** 2
/** Heads and the like are counted once a second. */
const LIMIT = 25 * 1024 ** 2 + 64 * 1024
const settings = { RESPONSE_LIMIT: '8MiB', BUFFERED_BYTES_MAX: '25MiB' }

/** A server with a function whose answers are larger than what two machines buffer between them. */
async function start(t: Test, more: Record<string, string> = {}) {
  const app = await build(t, { ...settings, ...more })
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  const id = await saveCode(
    app,
    `function handler(ctx, event) return { body = ("x"):rep(event.query.size or ${SIZE}) } end`
  )
  /** Asks and reads nothing but what the socket takes by itself. */
  const ask = async (text = `GET /fn/${id} HTTP/1.1\r\nHost: x\r\n\r\n`): Promise<Socket> => {
    const socket = connect(portOf(app.server), '127.0.0.1').on('error', () => {})
    t.teardown(() => {
      socket.destroy()
    })
    await once(socket, 'connect')
    socket.pause()
    socket.write(text)
    return socket
  }
  return { app, base, id, ask, held: () => app.connections.bufferedBytes() }
}

/** Whether the server has cut the connection; a socket that does not read learns it by writing. */
const isCut = (socket: Socket): boolean => {
  if (!socket.destroyed) socket.write('\r\n')
  return socket.destroyed
}

t.test(
  'who takes nothing for REQUEST_TIMEOUT is closed; who takes little, slowly, gets all',
  async t => {
    const { ask, held } = await start(t, { REQUEST_TIMEOUT: '2' })
    const silent = await ask()
    const slow = await ask()
    let taken = 0
    const reading = setInterval(() => {
      taken += (slow.read() as Buffer | null)?.length ?? 0
    }, 20)
    t.teardown(() => {
      clearInterval(reading)
    })
    const startedAt = Date.now()
    await eventually(t, () => isCut(silent), true)
    await eventually(t, () => taken > SIZE, true)
    t.ok(Date.now() - startedAt > 2000, 'longer than who takes nothing may')
    t.notOk(slow.destroyed)
    await eventually(t, held, 0)
  }
)

t.test(
  'callers that do not read hold no more than BUFFERED_BYTES_MAX; those that read are served',
  async t => {
    const { base, id, ask, held } = await start(t)
    const silent = await Promise.all(Array.from({ length: 12 }, () => ask()))
    await eventually(t, () => held() >= 2 * SIZE, true)
    // Refused while nobody has been silent for long; then who was silent longest makes room.
    await eventually(
      t,
      async () => {
        const answer = await fetch(`${base}/fn/${id}`)
        const text = await answer.text()
        t.ok(held() <= LIMIT, `${held()} bytes are held`)
        if (answer.status === 200) return text.length
        t.match(
          [answer.status, answer.headers.get('retry-after'), text],
          [503, '1', /BUFFERED_BYTES_MAX/]
        )
        t.match(answer.headers.get('x-execution-id'), /^[0-9a-v]{20}$/, 'it has run all the same')
        return 0
      },
      SIZE
    )
    await eventually(t, () => silent.some(isCut), true)
    const small = await fetch(`${base}/fn/${id}?size=10`)
    t.equal(await small.text(), 'xxxxxxxxxx')
    for (const socket of silent) socket.destroy()
    await eventually(t, held, 0)
  }
)

t.test(
  "requests sent ahead whose small answers nobody takes do not hold their connection for ever, the API's neither",
  async t => {
    const { id, ask, held } = await start(t, { REQUEST_TIMEOUT: '1' })
    const headers = `Host: x\r\nAuthorization: Bearer ${API_KEY}\r\n\r\n`
    const sockets = await Promise.all([
      ask(`GET /fn/${id}?size=60000 HTTP/1.1\r\n${headers}`.repeat(200)),
      ask(`GET /api/functions/${id} HTTP/1.1\r\n${headers}`.repeat(40_000))
    ])
    for (const socket of sockets) await eventually(t, () => isCut(socket), true)
    await eventually(t, held, 0)
  }
)

t.test(
  'a large answer that is taken at once leaves nothing behind, however many there are',
  async t => {
    const { base, id, held } = await start(t)
    for (let i = 0; i < 10; i++) {
      t.equal((await (await fetch(`${base}/fn/${id}`)).text()).length, SIZE)
    }
    const head = await fetch(`${base}/fn/${id}`, { method: 'HEAD' })
    t.equal(head.status, 200)
    await eventually(t, held, 0)
  }
)

t.test(
  "slow readers of one function's answers leave room for the bodies and answers of others",
  async t => {
    const { app, base, ask, held } = await start(t)
    const other = await saveCode(
      app,
      'function handler(ctx, event) return { body = event.body } end'
    )
    let calls = 0
    app.invoker.onCall(() => {
      calls++
    })
    const silent = await Promise.all(Array.from({ length: 6 }, () => ask()))
    await eventually(t, () => calls, silent.length)
    const body = 'y'.repeat(1024 ** 2)
    const answer = await fetch(`${base}/fn/${other}`, { method: 'POST', body })
    t.equal(answer.status, 200)
    t.equal(await answer.text(), body)
    for (const socket of silent) socket.destroy()
    await eventually(t, held, 0)
  }
)
