/** A server that no word of the database reaches, and what becomes of its work. */
import t from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, type Postgres } from '../../../helpers/postgres.js'
import { startServer, type StartedServer } from '../../../helpers/server.js'
import { childrenOf, isAlive } from '../../../chaos/server.js'
import { startRelay } from '../../../helpers/relay.js'

const SECRET_KEY = 'ab'.repeat(32)

async function ask<T>(server: StartedServer, path: string, body?: object, method = 'POST') {
  const response = await fetch(`${server.base}${path}`, {
    ...(body === undefined ? {} : { method, body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' }
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text === '' ? 'null' : text) as T
}

const create = (server: StartedServer, code: string) =>
  ask<{ id: string }>(server, '/api/functions', { name: 'f', code })

function testNodes(postgres: Postgres): void {
  t.test('a server that is cut off ends its jobs before another one takes them over', async t => {
    const url = await postgres.create()
    const relay = await startRelay(t, postgres.port)
    const behind = url.replace(`:${postgres.port}/`, `:${relay.port}/`)
    const cut = await startServer(t, { DATABASE_URL: behind, SECRET_KEY })
    const code = `function handler(ctx)
      if ctx.attempt == 1 then time.sleep(200000) end
      return { statusCode = 200 }
    end`
    const { id } = await create(cut, code)
    const retry = { max_attempts: 3, first_delay_seconds: 1 }
    await ask(cut, `/api/functions/${id}`, { retry }, 'PUT')
    const response = await fetch(`${cut.base}/fn/${id}`, {
      method: 'POST',
      headers: { prefer: 'respond-async' }
    })
    const job = ((await response.json()) as { job_id: string }).job_id
    const seenBy = (server: StartedServer) =>
      ask<{ status: string; attempt: number }>(server, `/api/jobs/${job}`)
    await eventually(t, async () => (await seenBy(cut)).status, 'running')
    const other = await startServer(t, { DATABASE_URL: url, SECRET_KEY })
    const sandboxes = childrenOf(cut.process.pid ?? 0)
    relay.stall()
    // Without a word from the database: by its own clock.
    await eventually(t, () => sandboxes.every(isAlive), false)
    t.match(await seenBy(other), { status: 'running', attempt: 1 }, 'it is not taken over yet')
    await eventually(t, async () => (await seenBy(other)).status, 'succeeded')
    relay.heal()
    await eventually(t, async () => (await seenBy(cut)).status, 'succeeded')
    t.equal((await seenBy(cut)).attempt, 2)
  })
}

await onPostgres(t, testNodes)
