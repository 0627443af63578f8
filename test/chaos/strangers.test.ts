/**
 * All that strangers without a key were found to hurt the server with, at once: bodies that stop half-way, answers that
 * nobody reads, floods of wrong keys and of headers, functions that call themselves, upgrades, and random bodies.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { eventually } from '../helpers/eventually.js'
import { MIB, startWatchedServer } from './watched-server.js'

const SIZE = 10 * MIB
/** Random bodies take the same course in every run; FUZZ_SEED=… takes another. */
const SEED = Number(process.env.FUZZ_SEED ?? 20261129)

/** Numbers from 0 to 1 in a fixed order: Marsaglia's xorshift, of 32 bits. */
function createRandom(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const types = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=B'
]
const pieces = [
  '{"password":"',
  '"token":1,',
  '[',
  '{',
  '"',
  '\\u0000',
  '\\"',
  'é\u{1f600}',
  '12345678901234567890,',
  '\0',
  '&a=%',
  '\r\n--B\r\n',
  'eyJ.',
  '://a:b@',
  '-----BEGIN PRIVATE KEY-----',
  'true,',
  '1e400',
  ' ',
  'null'
]

/** Deep, wide, long, escaped or repeated, in any mixture; up to 10 MB. */
function randomBody(random: () => number): Buffer {
  const size = Math.floor(SIZE * random() ** 2)
  const kinds = Array.from(
    { length: 1 + Math.floor(random() * 4) },
    () => pieces[Math.floor(random() * pieces.length)] ?? ''
  )
  return Buffer.alloc(size, kinds.join(''))
}

/** A connection that sends `head`, perhaps more, and takes nothing. */
async function hold(t: Test, port: number, head: string, body?: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  t.teardown(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  socket.pause()
  socket.write(head)
  if (body !== undefined) socket.write(body)
}

t.setTimeout(600_000)

t.test(
  'strangers do not hold up other answers, whatever they do at once, nor take more memory than README names',
  async t => {
    const server = await startWatchedServer(t, {
      REQUEST_TIMEOUT: '5',
      HTTP_ALLOW_PRIVATE: 'true',
      HISTORY_LIMIT: '64MiB',
      SANDBOX_MAX: '8',
      QUEUE_TIMEOUT: '2',
      EXECUTION_TIMEOUT: '5'
    })
    const port = Number(new URL(server.base).port)
    const echo = await server.save(
      'echo',
      'function handler(ctx, event) return { body = event.body } end'
    )
    const large = await server.save(
      'large',
      `function handler() return { body = ("x"):rep(${SIZE - 1024}) } end`
    )
    const again = await server.save(
      'again',
      'function handler(ctx) http.get(ctx.baseUrl .. "/fn/" .. ctx.functionId) return {} end'
    )
    const random = createRandom(SEED)
    const send = async (path: string, init?: RequestInit): Promise<void> => {
      const answer = await fetch(server.base + path, init).catch(() => undefined)
      await answer?.body?.cancel()
    }

    const half = Buffer.alloc(SIZE - 100)

    async function attack(): Promise<void> {
      for (let i = 0; i < 10; i++) {
        const target = i % 3 === 0 ? 'no-such-function' : echo
        await hold(
          t,
          port,
          `POST /fn/${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${SIZE}\r\n\r\n`,
          half
        )
        await hold(t, port, `GET /fn/${large} HTTP/1.1\r\nHost: x\r\n\r\n`)
        await hold(
          t,
          port,
          `GET /fn/${echo} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n`.repeat(
            20
          )
        )
        await hold(t, port, `GET /fn/${echo} HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(1900)}\r\n`)
        t.equal(await server.health(), 200, `after ${i + 1} of each kind`)
      }
      await Promise.all(Array.from({ length: 8 }, () => send(`/fn/${again}`)))
      for (let i = 0; i < 200; i++) {
        await send('/api/functions', { headers: { authorization: `Bearer wrong-${i}` } })
      }
      for (let i = 0; i < 20; i++) {
        const body = new Uint8Array(randomBody(random))
        const headers = { 'content-type': types[i % 3] ?? '' }
        await Promise.all([send(`/fn/${echo}`, { method: 'POST', headers, body }), server.health()])
      }
    }

    // What the first round leaves is what a server holds that has been in use.
    await attack()
    await server.begin()
    await attack()
    t.equal(await server.health(), 200)
    await server.check()
    const answer = async () =>
      (await fetch(`${server.base}/fn/${echo}`, { method: 'POST', body: 'hello' })).status
    await eventually(t, answer, 200, 'functions answer as before')
  }
)
