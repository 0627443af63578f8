/** Several servers on one database: who runs what, and what becomes of the work of one that is killed. */
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { missingPostgres, startPostgres, type Postgres } from '../../../helpers/postgres.js'
import { startServer, type StartedServer } from '../../../helpers/server.js'
import { bytes, createFunction } from '../../../contracts/storage-fixtures.js'
import { openAt } from './open-postgres.js'

const SECRET_KEY = 'ab'.repeat(32)
const MINUTE = 60_000

const missing = missingPostgres()
if (missing !== undefined) t.plan(0, missing)
else testNodes(await startPostgres(t))

interface Execution {
  readonly id: string
  readonly status: string
  readonly trigger: string
  readonly created_at: number
}

async function ask<T>(server: StartedServer, path: string, body?: object, method = 'POST') {
  const response = await fetch(`${server.base}${path}`, {
    ...(body === undefined ? {} : { method, body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' }
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text === '' ? 'null' : text) as T
}

const executionsOf = async (server: StartedServer, id: string) =>
  (await ask<{ executions: Execution[] }>(server, `/api/functions/${id}/executions`)).executions

const create = (server: StartedServer, code: string) =>
  ask<{ id: string }>(server, '/api/functions', { name: 'f', code })

async function startTwo(t: Test, postgres: Postgres): Promise<[StartedServer, StartedServer]> {
  const settings = { DATABASE_URL: await postgres.create(), SECRET_KEY }
  return [await startServer(t, settings), await startServer(t, settings)]
}

const nextMinute = () => pause(MINUTE - (Date.now() % MINUTE))

function testNodes(postgres: Postgres): void {
  t.test('one server takes a minute of a schedule, and another one when it is gone', async t => {
    const url = await postgres.create()
    const [one, two] = [await openAt(t, url), await openAt(t, url)]
    const id = await createFunction(one)
    const until = Date.now() + 20_000
    const claims = await Promise.all(
      [one, two, one, two].map(({ shared }) => shared.claimTick(id, 60, until))
    )
    t.equal(claims.filter(Boolean).length, 1)
    const leader = claims[0] || claims[2] ? one : two
    const other = leader === one ? two : one
    t.equal(await leader.shared.claimTick(id, 60, until), false, 'a minute comes once')
    t.equal(await other.shared.claimTick(id, 120, until), false, 'who does not lead takes none')
    t.equal(await leader.shared.claimTick(id, 120, until), true)
    await leader.close()
    t.equal(await other.shared.claimTick(id, 120, until), false, 'what was run is not run again')
    t.equal(await other.shared.claimTick(id, 180, until), true)
  })

  t.test('no key of a stored value has the lock of the server that leads', async t => {
    const storage = await openAt(t, await postgres.create())
    const id = await createFunction(storage)
    t.equal(await storage.shared.claimTick(id, 60, Date.now() + 20_000), true)
    // The locks of both keys are 0: by their hash, and because theirs is that of the room.
    for (const key of ['15cmab7', '51wpfd8']) {
      await storage.kv.set('', bytes(key), bytes('1'))
      t.equal((await storage.kv.get('', bytes(key)))?.length, 1)
    }
  })

  t.test('each minute of a schedule has one execution, also when a server is killed', async t => {
    const [one, two] = await startTwo(t, postgres)
    const { id } = await create(one, 'function handler() return { statusCode = 200 } end')
    await ask(
      one,
      `/api/functions/${id}`,
      { cron_schedule: '* * * * *', cron_status: 'active' },
      'PUT'
    )
    const began = Date.now()
    const minutesOf = (executions: readonly Execution[]) =>
      executions.map(({ created_at: at }) => Math.floor((at * 1000) / MINUTE))
    await nextMinute()
    await eventually(t, async () => (await executionsOf(two, id)).length > 0, true)
    await one.stop('SIGKILL')
    const seen = (await executionsOf(two, id)).length
    await nextMinute()
    await eventually(t, async () => (await executionsOf(two, id)).length > seen, true)
    const minutes = minutesOf(await executionsOf(two, id))
    t.equal(new Set(minutes).size, minutes.length, 'none twice')
    const first = Math.floor(began / MINUTE) + 1
    const last = Math.max(...minutes)
    t.same(
      minutes.sort((a, b) => a - b),
      Array.from({ length: last - first + 1 }, (_, i) => first + i),
      'none missing'
    )
  })

  t.test('jobs of a server that is killed run on another one', async t => {
    const [one, two] = await startTwo(t, postgres)
    const code = `function handler(ctx)
      if ctx.attempt == 1 and env.get("SLOW") == "yes" then time.sleep(60000) end
      return { statusCode = 200 }
    end`
    const { id } = await create(one, code)
    await ask(
      one,
      `/api/functions/${id}`,
      { retry: { max_attempts: 3, first_delay_seconds: 1 } },
      'PUT'
    )
    const enqueue = async (headers: Record<string, string>) => {
      const response = await fetch(`${one.base}/fn/${id}`, {
        method: 'POST',
        headers: { prefer: 'respond-async', ...headers }
      })
      return ((await response.json()) as { job_id: string }).job_id
    }
    const waiting = await enqueue({ 'moonlet-delay': '3' })
    await ask(one, `/api/functions/${id}/env`, { env_vars: { SLOW: 'yes' } }, 'PUT')
    const running = await enqueue({})
    const statusOf = async (job: string) =>
      (await ask<{ status: string }>(two, `/api/jobs/${job}`)).status
    await eventually(t, () => statusOf(running), 'running')
    await ask(two, `/api/functions/${id}/env`, { env_vars: {} }, 'PUT')
    await one.stop('SIGKILL')
    await eventually(t, () => statusOf(waiting), 'succeeded')
    // Once the lease of the server that is gone has run out.
    await eventually(t, () => statusOf(running), 'succeeded')
    const { attempts } = await ask<{ attempts: Array<{ attempt: number; status: string }> }>(
      two,
      `/api/jobs/${running}`
    )
    t.same(attempts.map(({ status }) => status).sort(), ['error', 'success'])
  })
}
