import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { checkAnswers, checkEnd } from '../checks.js'
import { createClient, createFunction } from '../client.js'
import { until } from '../server.js'
import { inWorld } from '../world.js'

const LIMIT = 50
/** What all refusals and waiting calls together may take, in MiB: a few KiB each. */
const MEMORY = 150

/**
 * Many more connections than the queue has places, each calling again as soon as it is answered: those that find
 * no place are refused with a time after which to try again, the others are answered, another function still
 * gets its turn, and afterwards all is as before.
 */
export const overload = ({
  connections,
  calls
}: {
  connections: number
  calls: number
}): Promise<string> =>
  inWorld(async world => {
    const server = await world.start({
      settings: { QUEUE_LIMIT: String(LIMIT), LOG_LEVEL: 'warn' }
    })
    const client = createClient(2)
    const sockets: Socket[] = []
    try {
      const flooded = await createFunction(
        client,
        server.base,
        'function handler(ctx, event) return { statusCode = 200, body = event.body } end'
      )
      await checkAnswers(server, world.functionId)
      const descriptors = server.descriptors()
      const before = memory(server.pid)
      let most = before
      const answers = { 200: 0, 503: 0 }
      const wrong: string[] = []
      const request = `POST /fn/${flooded} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello`

      const read = (socket: Socket) => {
        let text = ''
        socket
          .on('error', () => {})
          .on('data', (chunk: Buffer) => {
            text += chunk.toString('latin1')
            const length = /\r\ncontent-length: (\d+)\r\n(?:.*\r\n)*\r\n/i.exec(text)
            if (
              length === null ||
              text.length < length.index + length[0].length + Number(length[1])
            ) {
              return
            }
            if (/^HTTP\/1.1 200 /.test(text) && text.endsWith('\r\n\r\nhello')) answers[200]++
            else if (
              /^HTTP\/1.1 503 (.*\r\n)*retry-after: 1\r\n(.*\r\n)*\r\n\{"error":"Too many calls wait for a sandbox \(QUEUE_LIMIT is 50\)"\}\n$/i.test(
                text
              )
            ) {
              answers[503]++
            } else wrong.push(text)
            text = ''
            socket.write(request)
          })
        socket.write(request)
      }
      for (let i = 0; i < connections; i++) {
        const socket = connect(Number(new URL(server.base).port), '127.0.0.1')
        sockets.push(socket)
        await once(socket, 'connect')
      }
      for (const socket of sockets) read(socket)
      await until(
        'calls are answered and refused',
        () => {
          most = Math.max(most, memory(server.pid))
          return answers[200] >= calls && answers[503] >= calls
        },
        60_000
      )
      assert.equal(
        (await client.call(`${server.base}/fn/${world.functionId}`, 'POST', 'me too')).status,
        200,
        'another function is answered meanwhile'
      )

      for (const socket of sockets) socket.destroy()
      assert.deepEqual(wrong, [])
      assert.ok(most - before < MEMORY, `memory went from ${before} to ${most} MiB`)
      await checkEnd(server, world, descriptors)
      return `${connections} connections at once: ${answers[200]} calls answered, ${answers[503]} refused`
    } finally {
      for (const socket of sockets) socket.destroy()
      await client.close()
    }
  })

/** The server's own memory, in MiB. */
const memory = (pid: number): number =>
  Math.round(
    Number(/^Pss_Anon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) /
      1024
  )
