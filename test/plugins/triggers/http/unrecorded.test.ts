import t, { type Test } from 'tap'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { temporaryFolder } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres } from '../../../helpers/postgres.js'
import {
  addFunction,
  ask,
  SECRET_KEY,
  startServer,
  type StartedServer
} from '../../../helpers/server.js'

const CODE = `
function handler(ctx, event)
  if event.query.name or ctx.trigger == "job" then kv.set(event.query.name or event.body, "v") end
  return { statusCode = 200, body = "done" }
end`

const LOST = 'The database could not keep what this execution stored.'

/** Runs statements on the database of a server, beside it. */
type Change = (sql: string) => Promise<void>

interface Execution {
  id: string
  status: string
  error_message?: string
}

const idsOf = ({ headers }: Response): Record<string, string | null> =>
  Object.fromEntries(
    ['x-function-id', 'x-function-version-id', 'x-execution-id', 'x-execution-duration-ms'].map(
      name => [name, headers.get(name)]
    )
  )

function testOn(
  t: Test,
  server: StartedServer,
  faults: Record<'lose' | 'refuse', () => Promise<void>>
) {
  t.test('whoever called a run whose values were lost is led to its record', async t => {
    const id = await addFunction(server, CODE)
    await faults.lose()
    const answer = await fetch(`${server.base}/fn/${id}?name=lost`)
    t.equal(answer.status, 500)
    t.same(await answer.json(), { error: 'Function execution failed' })
    const ids = idsOf(answer)
    t.match(ids, {
      'x-function-id': id,
      'x-function-version-id': `ver_${id}_v1`,
      'x-execution-duration-ms': /^\d+$/
    })
    const record = await ask<Execution>(server, `/api/executions/${ids['x-execution-id']}`)
    t.match(record, { status: 'error', error_message: LOST })
    t.match(await ask(server, `/api/executions/${record.id}/rerun`, {}), {
      status: 'error',
      error_message: LOST
    })
    const kept = await fetch(`${server.base}/fn/${id}?name=kept`)
    t.equal(kept.status, 200, 'others are as ever')
  })

  t.test('a job whose values were lost is tried again, and counted so', async t => {
    const id = await addFunction(server, CODE)
    const retry = { max_attempts: 2, first_delay_seconds: 0 }
    await ask(server, `/api/functions/${id}`, { retry }, 'PUT')
    const call = { method: 'POST', body: 'lost', headers: { prefer: 'respond-async' } }
    const made = (await (await fetch(`${server.base}/fn/${id}`, call)).json()) as { job_id: string }
    type Job = { status: string; attempts: Execution[] }
    const job = () => ask<Job>(server, `/api/jobs/${made.job_id}`)
    await eventually(t, async () => (await job()).status, 'dead')
    t.match((await job()).attempts, [
      { status: 'error', error_message: LOST },
      { status: 'error', error_message: LOST }
    ])
    const metrics = await fetch(`${server.base}/metrics`, {
      headers: { authorization: `Bearer ${server.key}` }
    })
    t.match(await metrics.text(), new RegExp(`moonlet_job_deaths_total\\{[^}]*${id}[^}]*\\} 1\\n`))
  })

  t.test('the ids of a run are in its answer also when it could not be recorded', async t => {
    const id = await addFunction(server, CODE)
    await faults.refuse()
    const answer = await fetch(`${server.base}/fn/${id}`)
    t.equal(answer.status, 500)
    t.same(await answer.json(), { error: 'Internal server error' })
    const ids = idsOf(answer)
    t.match(ids, {
      'x-function-id': id,
      'x-function-version-id': `ver_${id}_v1`,
      'x-execution-id': /^[0-9a-v]{20}$/,
      'x-execution-duration-ms': /^\d+$/
    })
    const isLogged = () => server.output().includes(`"executionId":"${ids['x-execution-id']}"`)
    await eventually(t, async () => isLogged(), true)
  })
}

await onPostgres(t, postgres => {
  t.test('on PostgreSQL', async t => {
    const url = await postgres.create()
    const server = await startServer(t, { DATABASE_URL: url, SECRET_KEY })
    const fail = `create function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$;`
    testOn(t, server, {
      lose: () =>
        postgres.query(
          `${fail} create trigger lose before insert on kv for each row
           when (new.key = 'lost'::bytea) execute function fail()`,
          url
        ),
      refuse: () =>
        postgres.query(
          `create trigger refuse before insert on executions for each row execute function fail()`,
          url
        )
    })
  })
})

t.test('on SQLite', async t => {
  const DATA_DIR = await temporaryFolder(t)
  const server = await startServer(t, { DATA_DIR })
  const change: Change = async sql => {
    const db = new Database(join(DATA_DIR, 'moonlet.db'))
    db.exec(sql)
    db.close()
  }
  testOn(t, server, {
    lose: () =>
      change(
        `create trigger lose before insert on kv when new.key = x'6c6f7374'
         begin select raise(rollback, 'taken back'); end`
      ),
    refuse: () =>
      change(
        `create trigger refuse before insert on executions begin select raise(abort, 'no'); end`
      )
  })
})
