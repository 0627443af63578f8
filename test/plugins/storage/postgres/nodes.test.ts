/** Several servers on one database: who runs what, and what becomes of the work of one that is killed. */
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
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
import { createFunction, finished, newExecution } from '../../../contracts/storage-fixtures.js'
import type { PostgresStorage } from '../../../../plugins/storage/postgres/storage.js'
import { openAt } from './open-postgres.js'

const MINUTE = 60_000

interface Execution {
  readonly id: string
  readonly status: string
  readonly trigger: string
  readonly event_json: string
}

const executionsOf = async (server: StartedServer, id: string) =>
  (await ask<{ executions: Execution[] }>(server, `/api/functions/${id}/executions`)).executions

async function startTwo(t: Test, postgres: Postgres): Promise<[StartedServer, StartedServer]> {
  const settings = { DATABASE_URL: await postgres.create(), SECRET_KEY }
  return [await startServer(t, settings), await startServer(t, settings)]
}

/** A server whose clock is wrong by so many seconds. */
function startShifted(t: Test, url: string, seconds: number): Promise<StartedServer> {
  const code = `const Right = Date
    globalThis.Date = class extends Right {
      constructor(...given) {
        super(...(given.length === 0 ? [Right.now() + ${seconds * 1000}] : given))
      }
      static now() {
        return Right.now() + ${seconds * 1000}
      }
    }`
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(code)}`
  return startServer(t, { DATABASE_URL: url, SECRET_KEY, NODE_OPTIONS })
}

const nextMinute = () => pause(MINUTE - (Date.now() % MINUTE))

function testNodes(postgres: Postgres): void {
  t.test('one server takes a minute of a schedule, and another one when it is gone', async t => {
    const url = await postgres.create()
    const [one, two] = [await openAt(t, url), await openAt(t, url)]
    const id = await createFunction(one)
    const minute = Math.floor(Date.now() / MINUTE) * 60
    const claim = async (storage: PostgresStorage, scheduled: number) => {
      const { ours, open } = await storage.shared.claimTicks([id], scheduled)
      return ours.length > 0 ? 'ours' : open.length > 0 ? 'open' : 'done'
    }
    /** As the run of a minute does, by the clock of its server, which may be wrong. */
    const record = async (storage: PostgresStorage, scheduled: number, aheadBy: number) => {
      const eventJson = JSON.stringify({ headers: { 'X-Cron-Scheduled-Time': `${scheduled}` } })
      const createdAt = scheduled + aheadBy
      const execution = newExecution(id, { trigger: 'cron', createdAt, eventJson })
      storage.executions.begin(execution)
      await storage.executions.finish(finished(execution))
    }
    const claims = await Promise.all([one, two, one, two].map(storage => claim(storage, minute)))
    t.equal(claims.filter(what => what === 'ours').length, 1)
    const [leader, other] = claims[0] === 'ours' || claims[2] === 'ours' ? [one, two] : [two, one]
    t.equal(await claim(other, minute), 'open', 'nothing is recorded yet')
    await record(leader, minute, -25)
    t.equal(await claim(leader, minute), 'done', 'a minute comes once')
    t.equal(await claim(other, minute), 'done')
    t.equal(await claim(other, minute + 60), 'open', 'who does not lead takes none')
    t.equal(await claim(leader, minute + 60), 'ours')
    await leader.close()
    t.equal(
      await claim(other, minute + 60),
      'ours',
      'what was taken and not recorded is taken again'
    )
    await record(other, minute + 60, 90)
    t.equal(await claim(other, minute), 'done', 'what was run is not run again')
    t.equal(await claim(other, minute + 120), 'ours')
  })

  t.test('a server that hangs leads no longer than its lease', async t => {
    const url = await postgres.create()
    const hung = await startServer(t, { DATABASE_URL: url, SECRET_KEY })
    const other = await openAt(t, url, { secretKey: Buffer.from(SECRET_KEY, 'hex') })
    // A server that starts looks for what others have left, and leads.
    t.equal(await other.shared.leads(), false)
    hung.process.kill('SIGSTOP')
    t.equal(await other.shared.leads(), false, 'it may still do something')
    await postgres.query(
      'update nodes set lease_until = 0 where id = (select min(id) from nodes)',
      url
    )
    await eventually(t, () => other.shared.leads(), true)
  })

  t.test(
    'each minute of a schedule has one execution, also by wrong clocks and when a server is killed',
    async t => {
      const url = await postgres.create()
      const servers = await Promise.all([-25, 25, 0].map(seconds => startShifted(t, url, seconds)))
      const [one, two, three] = servers as [StartedServer, StartedServer, StartedServer]
      const id = await addFunction(three, 'function handler() return { statusCode = 200 } end')
      const thisMinute = () => Math.floor(Date.now() / MINUTE)
      const before = thisMinute()
      const change = { cron_schedule: '* * * * *', cron_status: 'active' }
      await ask(three, `/api/functions/${id}`, change, 'PUT')
      const after = thisMinute()
      const minutesOf = (executions: readonly Execution[]) =>
        executions.map(({ event_json: event }) => {
          const { headers } = JSON.parse(event) as { headers: Record<string, string> }
          return (Number(headers['X-Cron-Scheduled-Time']) * 1000) / MINUTE
        })
      await nextMinute()
      await eventually(t, async () => (await executionsOf(three, id)).length > 0, true)
      // One of them led.
      await Promise.all([one.stop('SIGKILL'), two.stop('SIGKILL')])
      const seen = (await executionsOf(three, id)).length
      await nextMinute()
      await eventually(t, async () => (await executionsOf(three, id)).length > seen, true)
      const minutes = minutesOf(await executionsOf(three, id))
      t.equal(new Set(minutes).size, minutes.length, 'none twice')
      minutes.sort((a, b) => a - b)
      const [first = 0, last = 0] = [minutes[0], minutes.at(-1)]
      const next = [before + 1, after + 1]
      t.ok(next.includes(first), `${first} is one of ${next}: by the clock of the database`)
      t.same(
        minutes,
        Array.from({ length: last - first + 1 }, (_, i) => first + i),
        'none missing'
      )
    }
  )

  t.test('when a job or a schedule is due does not depend on the clock of the server', async t => {
    const hour = 3_600_000
    const server = await startShifted(t, await postgres.create(), hour / 1000)
    const id = await addFunction(
      server,
      'function handler(ctx, event) return { statusCode = event.query.ok and 200 or 500 } end'
    )
    await ask(
      server,
      `/api/functions/${id}`,
      { cron_schedule: '* * * * *', cron_status: 'paused', retry: { max_attempts: 1 } },
      'PUT'
    )
    const jobOf = (job: string) =>
      ask<{ status: string; due_at: number; attempts: unknown[] }>(server, `/api/jobs/${job}`)
    const job = await addJob(server, id)
    await eventually(t, async () => (await jobOf(job)).status, 'dead')
    await ask(server, `/api/jobs/${job}/redrive`, {})
    await eventually(t, async () => (await jobOf(job)).attempts.length, 2)
    await eventually(t, async () => (await jobOf(job)).status, 'dead')
    await ask(server, '/api/jobs/redrive', { ids: [job] })
    await eventually(t, async () => (await jobOf(job)).attempts.length, 3)

    const at = Math.floor((Date.now() + 2 * hour) / 1000)
    const date = new Date(at * 1000).toUTCString()
    const late = await addJob(server, `${id}?ok=1`, { 'moonlet-delay': date })
    const off = Math.abs((await jobOf(late)).due_at - at)
    t.ok(off < hour / 2 / 1000, `due ${off} seconds beside the date`)
    const { next_runs: runs } = await ask<{ next_runs: [number] }>(server, '/api/cron/check', {
      schedule: '* * * * *'
    })
    t.ok(runs[0] * 1000 < Date.now() + hour / 2, 'the next minute is soon')
  })

  t.test('jobs of a server that is killed run on another one', async t => {
    const [one, two] = await startTwo(t, postgres)
    const code = `function handler(ctx)
      if ctx.attempt == 1 and env.get("SLOW") == "yes" then time.sleep(60000) end
      return { statusCode = 200 }
    end`
    const id = await addFunction(one, code)
    await ask(
      one,
      `/api/functions/${id}`,
      { retry: { max_attempts: 3, first_delay_seconds: 1 } },
      'PUT'
    )
    const waiting = await addJob(one, id, { 'moonlet-delay': '3' })
    await ask(one, `/api/functions/${id}/env`, { env_vars: { SLOW: 'yes' } }, 'PUT')
    const running = await addJob(one, id)
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

// A schedule waits for its minutes, jobs wait for the lease of a server that is gone.
t.jobs = 2
await onPostgres(t, testNodes)
