import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { checkAnswers, checkEnd } from '../checks.js'
import { createClient, createFunction } from '../client.js'
import { until } from '../server.js'
import { inWorld } from '../world.js'

const PIPELINED = 50

/** Clients that are slow, broken, idle or hasty, all at once; the others hardly notice. */
export const badClients = ({ connections }: { connections: number }): Promise<string> =>
  inWorld(async world => {
    const server = await world.start()
    const port = Number(new URL(server.base).port)
    const client = createClient(1)
    const sockets: Socket[] = []
    const open = async (text: string | Buffer) => {
      const socket = connect(port, '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => {})
      await once(socket, 'connect')
      if (text.length > 0) socket.write(text)
      return socket
    }
    try {
      await checkAnswers(server, world.functionId)
      const executions = async () =>
        (
          JSON.parse(
            (await client.call(`${server.base}/api/functions/${world.functionId}/executions`)).body
          ) as { pagination: { total: number } }
        ).pagination.total
      const recorded = await executions()
      const descriptors = server.descriptors()

      const echo = await createFunction(
        client,
        server.base,
        'function handler(ctx, event) return { statusCode = 200, body = "<" .. event.body .. ">" } end'
      )
      const path = `/fn/${world.functionId}`
      for (let i = 0; i < connections; i++) {
        await open('')
        await open(`POST ${path} HTTP/1.1\r\nHost: x\r\nX-Slow: `)
        await open(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf`)
        await open(`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel`)
        await open(randomBytes(200))
      }
      await checkAnswers(server, world.functionId)
      await pipeline(await open(''), echo)

      for (const socket of sockets) socket.destroy()
      await until(
        'no half-sent request became an execution',
        async () => (await executions()) === recorded + 1
      )
      await pause(100)
      assert.equal(await executions(), recorded + 1)
      await checkEnd(server, world, descriptors)
      return `${sockets.length} slow, broken and idle connections, ${PIPELINED} requests in one breath`
    } finally {
      for (const socket of sockets) socket.destroy()
      await client.close()
    }
  })

/** Sends many requests without waiting for answers, which must come in the order of the requests. */
async function pipeline(socket: Socket, functionId: string): Promise<void> {
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const numbers = Array.from({ length: PIPELINED }, (_, i) => String(i + 100))
  socket.write(
    numbers
      .map(
        number => `POST /fn/${functionId} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n${number}`
      )
      .join('')
  )
  const answers = () => [...text.matchAll(/\r\n\r\n<(\d+)>/g)].map(match => match[1])
  await until('all requests in one breath are answered', () => answers().length === PIPELINED)
  assert.deepEqual(answers(), numbers, 'requests in one breath are answered in their order')
}
