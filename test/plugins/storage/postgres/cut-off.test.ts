/** A server that no word of the database reaches, and what becomes of its work. */
import t, { type Test } from 'tap'
import {
  createFunction,
  finished,
  log,
  newExecution,
  PAGE,
  randomText
} from '../../../contracts/storage-fixtures.js'
import { eventually } from '../../../helpers/eventually.js'
import { startGate } from '../../../helpers/gate.js'
import { createNetwork } from '../../../helpers/network.js'
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
import { openAt } from './open-postgres.js'

/** A server, and the way between it and the database. */
interface Cuttable {
  readonly cut: StartedServer
  stall(): void | Promise<void>
  heal(): void | Promise<void>
}

/** Its packets are lost, where a network can be made for it; otherwise a relay holds what it is sent and sends. */
async function startCuttable(t: Test, postgres: Postgres, url: string): Promise<Cuttable> {
  if (typeof network === 'string') {
    t.comment(`by a relay: ${network}`)
    const { port, stall, heal } = await startRelay(t, postgres.port)
    const DATABASE_URL = url.replace(`:${postgres.port}/`, `:${port}/`)
    return { cut: await startServer(t, { DATABASE_URL, SECRET_KEY }), stall, heal }
  }
  const DATABASE_URL = url.replace('127.0.0.1', network.outside)
  const settings = { DATABASE_URL, SECRET_KEY, HOST: network.inside }
  return {
    cut: await startServer(t, settings, network.prefix),
    stall: () => network.lose('both', [postgres.port]),
    heal: () => network.heal()
  }
}

/** A function that is run by its schedule within a minute, and does not end. */
async function startScheduled(server: StartedServer) {
  const id = await addFunction(server, 'function handler() time.sleep(200000) end')
  const change = (fields: object) => ask(server, `/api/functions/${id}`, fields, 'PUT')
  await change({ cron_schedule: '* * * * *', cron_status: 'active' })
  return {
    pause: () => change({ cron_status: 'paused' }),
    /** How its runs stand. */
    async seenBy(one: StartedServer): Promise<string[]> {
      const path = `/api/functions/${id}/executions`
      const { executions } = await ask<{ executions: Recorded[] }>(one, path)
      return executions.map(({ status }) => status)
    }
  }
}

function testNodes(postgres: Postgres): void {
  t.test('a server that is cut off ends its work before another one takes it over', async t => {
    const url = await postgres.create()
    const { cut, stall, heal } = await startCuttable(t, postgres, url)
    const run = await startScheduled(cut)
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
    await eventually(t, () => run.seenBy(cut), ['pending'])
    await run.pause()
    const other = await startServer(t, { DATABASE_URL: url, SECRET_KEY })
    const sandboxes = childrenOf(cut.process.pid ?? 0)
    const gone = () => sandboxes.filter(pid => !isAlive(pid)).length
    await stall()
    // Without a word from the database, by its own clock: first what is run by schedule, whose lease is the server's.
    await eventually(t, () => gone() >= 1, true)
    t.same(await run.seenBy(other), ['pending'], 'nobody believes yet that it has ended')
    await eventually(t, () => gone() >= 2, true)
    t.match(await seenBy(other), { status: 'running', attempt: 1 }, 'it is not taken over yet')
    await eventually(t, () => run.seenBy(other), ['error'])
    await eventually(t, async () => (await seenBy(other)).status, 'succeeded')
    await heal()
    await eventually(t, async () => (await seenBy(cut)).status, 'succeeded')
    t.equal((await seenBy(cut)).attempt, 2)
    t.same(await run.seenBy(cut), ['error'], 'no other run of that minute')
  })

  t.test('an execution that others have marked is never told to have succeeded', async t => {
    const url = await postgres.create()
    const relay = await startRelay(t, postgres.port)
    const gate = await startGate(t)
    const cut = await startServer(t, {
      DATABASE_URL: url.replace(`:${postgres.port}/`, `:${relay.port}/`),
      SECRET_KEY,
      HTTP_ALLOW_PRIVATE: 'true'
    })
    const other = await startServer(t, { DATABASE_URL: url, SECRET_KEY })
    const wait = `http.get("http://127.0.0.1:${gate.port}/")`
    const id = await addFunction(
      cut,
      `function handler(ctx, event)
        if event.query.stream then
          return { statusCode = 200, body = function(write) write("begun ") ${wait} write("ended") end }
        end
        log.info("before") ${wait} log.info("after")
        return { statusCode = 200 }
      end`
    )
    const call = fetch(`${cut.base}/fn/${id}`)
    const stream = await fetch(`${cut.base}/fn/${id}?stream=1`)
    const recorded = async () => {
      const { executions } = await ask<{ executions: Recorded[] }>(
        other,
        `/api/functions/${id}/executions`
      )
      return executions
    }
    await eventually(t, async () => (await recorded()).map(({ status }) => status), [
      'pending',
      'pending'
    ])
    relay.stall()
    // As time does; it cannot renew its lease.
    await postgres.query(`update nodes set lease_until = 1 where id = 1`, url)
    await eventually(t, async () => (await recorded()).map(({ status }) => status), [
      'error',
      'error'
    ])
    relay.heal()
    await eventually(t, async () => (await fetch(`${cut.base}/readyz`)).status, 200)
    gate.open()

    const answer = await call
    t.equal(answer.status, 500)
    t.match(await answer.json(), { error: 'Function execution failed' })
    const marked = await recorded()
    t.ok(marked.some(execution => execution.id === answer.headers.get('x-execution-id')))
    t.equal(stream.status, 200, 'it had left already')
    await t.rejects(stream.text(), 'a stream breaks off')
    for (const { status, error_message: message } of marked) {
      t.equal(status, 'error')
      t.match(message, /the server ended before this execution did/)
    }
  })

  t.test('what ends beside an execution that others have marked is recorded', async t => {
    const url = await postgres.create()
    const [one, other] = [await openAt(t, url), await openAt(t, url)]
    const id = await createFunction(one)
    const [marked, well, removed] = [newExecution(id), newExecution(id), newExecution(id)]
    for (const execution of [marked, well, removed]) {
      one.executions.begin(execution)
      await one.executions.makeDurable(execution.id)
    }
    const mark = `update executions set status = 2, error_message = 'marked'`
    await postgres.query(`${mark} where id = '${marked.id}'`, url)
    await postgres.query(`delete from executions where id = '${removed.id}'`, url)
    const large = JSON.stringify({ body: randomText(20_000) })
    const before = await other.usage(id)
    const ends = await Promise.allSettled([
      one.executions.finish(finished(well)),
      one.executions.finish(finished(marked, { logs: [log('last words')], responseJson: large })),
      one.executions.finish(finished(removed))
    ])
    t.same(
      ends.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled']
    )
    t.match(ends[1], { reason: { code: 'EXECUTION_ENDED', message: /recorded as interrupted/ } })
    t.equal((await other.executions.find(well.id))?.status, 'success')
    t.match(await other.executions.find(marked.id), { status: 'error', errorMessage: 'marked' })
    t.equal((await other.executions.find(marked.id))?.responseJson, undefined)
    await eventually(
      t,
      async () => (await other.executions.logs(marked.id, PAGE)).rows.map(({ message }) => message),
      ['last words']
    )
    const grown = (await other.usage(id)).history - before.history
    t.ok(grown > 0 && grown < 1000, `${grown} bytes for its logs, none for its answer`)
  })
}

interface Recorded {
  readonly id: string
  readonly status: string
  readonly error_message: string
}

const network = await createNetwork(t)
const alsoAt = typeof network === 'string' ? undefined : network.outside
// One of them waits for a minute to begin, and then for leases.
t.jobs = 2
await onPostgres(t, testNodes, { alsoAt })
