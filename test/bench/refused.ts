/**
 * Refused calls: the rate of hello alone, and beside a flood of calls of another function with a wrong key.
 * `node dist/test/bench/refused.js [--seconds 5] [--rate 10000]`
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createFunction, KEY } from './api.js'
import { offer, type OfferResult } from './open-loop-load.js'
import { startProcess } from './process.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '10000' }
  }
})
const seconds = Number(values.seconds)
const CONNECTIONS = 16
const FLOOD_CONNECTIONS = 256

const folder = await mkdtemp(join(tmpdir(), 'moonlet-refused-'))
const server = await startProcess('core/main.js', {
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR: folder,
  API_KEY: KEY,
  LOG_LEVEL: 'info'
})
try {
  const code = await readFile('test/bench/functions/hello.lua', 'utf8')
  const hello = `${server.base}/fn/${await createFunction(server.base, 'hello', code)}`
  const guardedId = await createFunction(server.base, 'guarded', code)
  await fetch(`${server.base}/api/functions/${guardedId}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ access: { mode: 'key' } })
  })
  const task = { url: hello, connections: CONNECTIONS, seconds }
  await offer(task)
  const alone = await offer(task)
  const [beside, refused] = await Promise.all([
    offer(task),
    offer({
      url: `${server.base}/fn/${guardedId}`,
      header: `X-Function-Key: mfk_${'x'.repeat(43)}`,
      connections: FLOOD_CONNECTIONS,
      seconds,
      rate: Number(values.rate)
    })
  ])
  print('hello alone', alone, '200')
  print('hello beside refused calls', beside, '200')
  print('refused', refused, '401')
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

function print(what: string, { byStatus, seconds: took }: OfferResult, status: string): void {
  const { count = 0, p50 = NaN, p99 = NaN } = byStatus[status] ?? {}
  const rate = (count / took).toFixed(0)
  const line = `${what.padEnd(28)} ${rate.padStart(7)}/s  p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms\n`
  process.stdout.write(line)
}
