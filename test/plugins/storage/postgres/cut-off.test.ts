/** A server that no word of the database reaches, and what becomes of its work. */
import t from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, type Postgres } from '../../../helpers/postgres.js'
import {
  addFunction,
  addJob,
  ask,
  SECRET_KEY,
  startServer,
  type StartedServer
} from '../../../helpers/server.js'
import { childrenOf, isAlive } from '../../../helpers/processes.js'
import { startRelay } from '../../../helpers/relay.js'

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
    const id = await addFunction(cut, code)
    const retry = { max_attempts: 3, first_delay_seconds: 1 }
    await ask(cut, `/api/functions/${id}`, { retry }, 'PUT')
    const job = await addJob(cut, id)
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
