/**
 * What deleting a million old executions costs the callers: `node dist/test/bench/retention.js [COUNT]`. The
 * database is filled directly, the built server's own clean-up begins ten seconds after its start, and hello is
 * called at a steady rate before, during and after it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import autocannon from 'autocannon'
import Database from 'better-sqlite3'
import { fillExecutions } from '../helpers/fill-executions.js'
import { startProcess } from './process.js'

const count = Number(process.argv[2] ?? 1_000_000)
const RATE = 300
const ROUND_S = 8
const headers = { authorization: 'Bearer bench-key' }
const folder = await mkdtemp(join(tmpdir(), 'moonlet-retention-'))
const settings = {
  PORT: '0',
  HOST: '127.0.0.1',
  API_KEY: 'bench-key',
  LOG_LEVEL: 'warn',
  DATA_DIR: folder
}

try {
  const first = await startProcess('core/main.js', settings)
  const made = await fetch(`${first.base}/api/functions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      name: 'hello',
      code: 'function handler() return { statusCode = 200, body = "hello" } end'
    })
  })
  const { id } = (await made.json()) as { id: string }
  await first.stop()

  fillExecutions(join(folder, 'moonlet.db'), {
    count,
    createdAt: Math.floor(Date.now() / 1000) - 30 * 86_400,
    logs: 2
  })
  const server = await startProcess('core/main.js', settings)
  const began = Date.now()
  const left = () => {
    const db = new Database(join(folder, 'moonlet.db'), { readonly: true, timeout: 5000 })
    try {
      return Number(db.prepare("select count(*) from executions where id < '1'").pluck().get())
    } finally {
      db.close()
    }
  }
  const round = async (name: string) => {
    const { latency, errors, non2xx, requests } = await autocannon({
      url: `${server.base}/fn/${id}`,
      connections: 8,
      overallRate: RATE,
      duration: ROUND_S
    })
    process.stdout.write(
      `${name.padEnd(8)} p50 ${latency.p50} ms  p99 ${latency.p99} ms  max ${latency.max} ms  ${requests.average}/s  errors ${errors + non2xx}  old left ${left()}\n`
    )
  }
  await round('before')
  while (left() === count) await pause(500)
  while (left() > 0) await round('during')
  process.stdout.write(
    `deleted ${count} in ${Math.round((Date.now() - began) / 1000)} s after the start\n`
  )
  await round('after')
  await server.stop()
} finally {
  await rm(folder, { recursive: true, force: true })
}
