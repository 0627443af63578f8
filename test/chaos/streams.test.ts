/** Many streams at once, and a server that dies in the middle of one. */
import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import t from 'tap'
import { temporaryFolder } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'
import { openRaw } from '../helpers/raw-socket.js'
import { startServer } from '../helpers/server.js'
import { startWatchedServer } from './watched-server.js'

const CLIENTS = 200
const EVENTS = 500

/** What comes of a stream: its bytes, and whether it came to its end. */
async function readAll(address: string): Promise<{ bytes: number; isWhole: boolean }> {
  const request = http.get(address, { agent: false })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  let bytes = 0
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  answer.on('error', () => {})
  await once(answer, 'close')
  return { bytes, isWhole: answer.complete }
}

t.test(
  'events to 200 callers hold no memory, and one that reads nothing holds up nobody',
  async t => {
    const server = await startWatchedServer(t, { SANDBOX_MAX: '8', QUEUE_TIMEOUT: '600' })
    const id = await server.save(
      'events',
      `function handler(ctx, event)
      return response.events(function(send)
        for i = 1, tonumber(event.query.n) do
          if not send({ event = "tick", data = { n = i, text = ("x"):rep(tonumber(event.query.size)) } }) then return end
        end
      end)
    end`
    )
    const address = (n: number, size: number) => `${server.base}/fn/${id}?n=${n}&size=${size}`
    const { bytes: expected } = await readAll(address(EVENTS, 20))
    await server.begin()
    const deaf = await openRaw(t, Number(new URL(server.base).port))
    deaf.socket.pause()
    deaf.send(`GET /fn/${id}?n=9000&size=1000 HTTP/1.1\r\nHost: x\r\n\r\n`)
    const all = await Promise.all(
      Array.from({ length: CLIENTS }, () => readAll(address(EVENTS, 20)))
    )
    t.strictSame(
      all.filter(({ bytes, isWhole }) => bytes !== expected || !isWhole),
      [],
      'all get all of it'
    )
    t.ok(expected > EVENTS * 40)
    deaf.socket.destroy()
    await server.check()
  }
)

t.test('a stream whose server is killed ends as interrupted, for its record was there', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const server = await startServer(t, { DATA_DIR })
  const headers = { authorization: `Bearer ${server.key}` }
  const made = await fetch(`${server.base}/api/functions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      name: 'f',
      code: 'function handler() return { body = function(write) write("a") time.sleep(60000) end } end'
    })
  })
  const { id } = (await made.json()) as { id: string }
  const raw = await openRaw(t, Number(new URL(server.base).port))
  raw.send(`GET /fn/${id} HTTP/1.1\r\nHost: x\r\n\r\n`)
  await raw.until(/\r\n1\r\na\r\n/)
  await server.stop('SIGKILL')
  t.notMatch(await raw.closed, /\r\n0\r\n/)

  const again = await startServer(t, { DATA_DIR })
  const read = async () =>
    (await (await fetch(`${again.base}/api/functions/${id}/executions`, { headers })).json()) as {
      executions: Array<{ status: string; error?: { kind: string } }>
    }
  await eventually(
    t,
    async () => (await read()).executions.map(({ status, error }) => [status, error?.kind]),
    [['error', 'interrupted']]
  )
})
