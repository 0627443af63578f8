/** Memory of large bodies and answers is used again: nobody may get a byte of another call. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { largeBuffers } from '../../../../core/base/large-buffers.js'
import { build } from '../../../helpers/build.js'
import { portOf, saveCode } from '../../../helpers/gate.js'

const MIB = 1024 * 1024
const code = 'function handler(ctx, event) return { body = event.body } end'

async function call(app: FastifyInstance, id: string, body: Buffer): Promise<Buffer> {
  const url = `http://127.0.0.1:${portOf(app.server)}/fn/${id}`
  const answer = await fetch(url, { method: 'POST', body: new Uint8Array(body) })
  return Buffer.from(await answer.arrayBuffer())
}

/** Sends a request of which only `sent` of `announced` bytes come, and hangs up. */
async function hangUp(app: FastifyInstance, id: string, announced: number, sent: Buffer) {
  const socket = connect(portOf(app.server), '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  socket.write(`POST /fn/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: ${announced}\r\n\r\n`)
  socket.end(sent)
  socket.resume()
  await once(socket, 'close')
}

t.test('calls side by side, some of which are broken off, get their own bytes', async t => {
  const app = await build(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const ids = [await saveCode(app, code), await saveCode(app, code)]
  let reused = false
  const client = async (n: number): Promise<void> => {
    for (let i = 0; i < 12; i++) {
      const id = ids[(n + i) % 2] as string
      const body = randomBytes(130_000 + ((n * 7919 + i * 104_729) % 1_200_000))
      if ((n + i) % 5 === 0) await hangUp(app, id, body.length + 200_000, body)
      const answer = await call(app, id, body)
      if (!answer.equals(body)) t.fail(`call ${i} of client ${n} got other bytes`)
      reused ||= largeBuffers.freeBytes > 0
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, n) => client(n)))
  t.ok(reused)
})

t.test('an answer that its caller has not taken yet is not written over', async t => {
  const app = await build(t)
  const answered = new Promise<void>(resolve => {
    app.invoker.onCall(() => {
      resolve()
    })
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const id = await saveCode(app, code)
  const mine = Buffer.alloc(9 * MIB, 'mine')
  const socket = connect(portOf(app.server), '127.0.0.1')
  await once(socket, 'connect')
  socket.pause()
  socket.write(
    `POST /fn/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${mine.length}\r\n\r\n`
  )
  socket.write(mine)
  await answered
  const others = Buffer.alloc(9 * MIB, 'others')
  await Promise.all([1, 2, 3].map(() => call(app, id, others)))
  const answer = await text(socket)
  t.equal(answer.slice(answer.indexOf('\r\n\r\n') + 4).length, mine.length)
  t.notOk(answer.includes('other'))
})

t.test('what a hook of a plugin keeps stays as it is', async t => {
  const app = await build(t)
  const kept: Uint8Array[] = []
  app.invoker.addHook({
    name: 'keeper',
    after: ({ answer }, { event }) => {
      kept.push(event.body, answer?.body ?? new Uint8Array())
    }
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const id = await saveCode(app, code)
  await call(app, id, Buffer.alloc(MIB, 1))
  for (let i = 0; i < 3; i++) await call(app, id, Buffer.alloc(MIB, 2))
  for (const bytes of kept.slice(0, 2)) {
    t.ok(bytes.length === MIB && bytes.every(byte => byte === 1))
  }
})
