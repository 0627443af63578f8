/** Many requests that a caller sends ahead on one connection. */
import { readdir, readlink } from 'node:fs/promises'
import t from 'tap'
import { build } from '../../helpers/build.js'
import { eventually } from '../../helpers/eventually.js'
import { portOf } from '../../helpers/gate.js'
import { openRaw, statusesOf } from '../../helpers/raw-socket.js'

const app = await build(t)
await app.listen({ port: 0, host: '127.0.0.1' })
const port = portOf(app.server)
const page = (await app.inject('/')).rawPayload.toString('latin1')

const request = (method: string, path: string, header = 'X-A: 1', body = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\n${header}\r\nContent-Length: ${body.length}\r\n\r\n${body}`

/** How many descriptors this process, and so its server, has open on the dashboard's page. */
async function openPages(): Promise<number> {
  const files = await Promise.all(
    (await readdir('/proc/self/fd')).map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
  )
  return files.filter(file => file.endsWith('/index.html')).length
}

t.test('of a page that is asked for many times ahead only a few are opened at a time', async t => {
  const raw = await openRaw(t, port)
  raw.socket.pause()
  raw.send(request('GET', '/').repeat(300))
  await eventually(t, async () => (await openPages()) >= 10, true)
  t.ok((await openPages()) <= 16)
  raw.socket.resume()
  await raw.until(text => text.length > 300 * page.length && text.endsWith(page))
  t.equal(statusesOf(raw.text()).length, 300)
  t.equal(await openPages(), 0)
})

t.test(
  'all are answered, in their order, with their bodies, and the connection goes on',
  async t => {
    const raw = await openRaw(t, port)
    const asked = Array.from({ length: 2000 }, (_, i) => `h${i}`)
    raw.send(
      asked.map(name => request('OPTIONS', '/', `Access-Control-Request-Headers: ${name}`)).join('')
    )
    const text = await raw.until(/, h1999\r\n[^]*\r\n\r\n/)
    t.same(
      [...text.matchAll(/allow-headers: .*, (h\d+)\r\n/gi)].map(([, name]) => name),
      asked
    )
    raw.send(request('POST', '/api/auth/login', 'X-A: 1', '{"apiKey":"test-key"}').repeat(100))
    const logins = await raw.until(all => statusesOf(all).length === 2100 && all.endsWith('}\n'))
    t.same([...new Set(statusesOf(logins).slice(2000))], [200])
  }
)

t.test('what waits is gone with its connection', async t => {
  const raw = await openRaw(t, port)
  raw.socket.pause()
  raw.send(request('GET', '/').repeat(300))
  await eventually(t, async () => (await openPages()) >= 10, true)
  raw.socket.destroy()
  await eventually(t, openPages, 0)
})

t.test('the body of one that waits counts as held from when it came', async t => {
  const raw = await openRaw(t, port)
  raw.socket.pause()
  const before = app.connections.bufferedBytes()
  raw.send(
    request('GET', '/').repeat(300) + request('POST', '/api/auth/login', 'X-A: 1', 'x'.repeat(9000))
  )
  await eventually(t, async () => (await openPages()) >= 10, true)
  t.equal(app.connections.bufferedBytes() - before, 9000)
  raw.socket.destroy()
  await eventually(t, () => app.connections.bufferedBytes(), before)
})
