import t from 'tap'
import type { PostgresStorage } from '../../../../plugins/storage/postgres/storage.js'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, type Postgres } from '../../../helpers/postgres.js'
import {
  bytes,
  createFunction,
  finished,
  log,
  newExecution,
  NOW,
  PAGE
} from '../../../contracts/storage-fixtures.js'
import { openAt } from './open-postgres.js'

/** Round trips that each of many calls took; what the server does beside them is a few. */
async function countTrips(storage: PostgresStorage, call: () => Promise<unknown>): Promise<number> {
  const calls = 30
  const before = storage.roundTrips
  for (let i = 0; i < calls; i++) await call()
  return Math.round((storage.roundTrips - before) / calls)
}

function testPostgres(postgres: Postgres): void {
  t.test('a call costs one round trip, and one that stores values two', async t => {
    const storage = await openAt(t, await postgres.create())
    const id = await createFunction(storage)
    await storage.functions.find(id)
    const plain = await countTrips(storage, () => {
      const execution = newExecution(id)
      storage.executions.begin(execution)
      return storage.executions.finish(finished(execution, { logs: [log('x')] }))
    })
    t.equal(plain, 1)
    const { forExecution } = storage.kv
    const writing = await countTrips(storage, async () => {
      const execution = newExecution(id)
      storage.executions.begin(execution)
      await Promise.all([
        forExecution.set(execution.id, id, bytes('a'), bytes('1')),
        forExecution.increment(execution.id, id, bytes('n'), 1),
        forExecution.increment(execution.id, id, bytes('n'), 1)
      ])
      await storage.executions.finish(finished(execution))
      t.equal((await storage.kv.get(id, bytes('a')))?.length, 1)
    })
    t.equal(writing, 3, 'with the read')
  })

  t.test('calls that end together share a round trip', async t => {
    const storage = await openAt(t, await postgres.create())
    const id = await createFunction(storage)
    await storage.functions.find(id)
    const all = Array.from({ length: 50 }, () => newExecution(id))
    const before = storage.roundTrips
    await Promise.all(all.map(one => storage.executions.finish(finished(one))))
    const trips = storage.roundTrips - before
    t.ok(trips <= 5, `${trips}`)
    t.equal((await storage.executions.list(id, PAGE)).total, 50)
  })

  t.test('of writes that go together one that cannot be done fails alone', async t => {
    const storage = await openAt(t, await postgres.create())
    const id = await createFunction(storage)
    const [one, two] = [newExecution(id), newExecution(id)]
    await storage.executions.finish(finished(one))
    const results = await Promise.allSettled([
      storage.executions.finish(finished(one)),
      storage.executions.finish(finished(two)),
      storage.kv.set(id, bytes('k'), bytes('v'))
    ])
    t.same(
      results.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled']
    )
    t.equal((await storage.executions.list(id, PAGE)).total, 2)
  })

  t.test('texts come back as they were, with what PostgreSQL does not take', async t => {
    const storage = await openAt(t, await postgres.create())
    const texts = ['a\0b', '\uFDD0', '\uFDD00', '\u{1F600}', '\0\uFDD0x\uFDD0u0000']
    const code = texts.join('\n')
    const id = await createFunction(storage, { code, name: texts[0], description: code })
    t.match(await storage.functions.find(id), {
      fn: { name: texts[0], description: code },
      active: { code }
    })
    const execution = newExecution(id)
    const logs = texts.map(text => log(text))
    await storage.executions.finish(
      finished(execution, { status: 'error', errorMessage: code, logs })
    )
    t.equal((await storage.executions.find(execution.id))?.errorMessage, code)
    t.same((await storage.executions.logs(execution.id, PAGE)).rows, logs)
    const { rows } = await storage.executions.list(id, PAGE, { text: 'A\0B' })
    t.equal(rows.length, 1)
  })

  t.test('another server hears of changes, and that a notification was lost', async t => {
    const url = await postgres.create()
    const [one, two] = [await openAt(t, url), await openAt(t, url)]
    const id = await createFunction(one, { name: 'a' })
    const heard: string[] = []
    two.functions.onChange(functionId => heard.push(functionId))
    await one.functions.update(id, { patch: { name: 'b' }, code: undefined, now: NOW })
    await eventually(t, () => heard.includes(id), true)
    t.equal((await two.functions.find(id))?.fn.name, 'b')
    heard.length = 0
    // Written past the notification.
    await postgres.query(
      `update change_number set n = n + 1;
       update changes set n = (select n from change_number), node = 0 where function_id = '${id}'`,
      url
    )
    await eventually(t, () => heard, [id])
  })

  t.test('values of variables that another server sets are masked', async t => {
    const url = await postgres.create()
    const [one, two] = [await openAt(t, url), await openAt(t, url)]
    const id = await createFunction(one)
    const first = newExecution(id)
    two.executions.begin(first)
    await two.executions.finish(finished(first, { logs: [log('secret-of-one')] }))
    await one.env.set(id, 'KEY', 'secret-of-one')
    await one.env.shared.replace({ ALL: 'secret-of-all' })
    await eventually(
      t,
      async () => {
        const next = newExecution(id)
        two.executions.begin(next)
        await two.executions.finish(finished(next, { logs: [log('secret-of-one secret-of-all')] }))
        return (await two.executions.logs(next.id, PAGE)).rows[0]?.message
      },
      /^(?!.*secret-of)/
    )
  })

  t.test('10,000 increments from two servers are all there', async t => {
    const url = await postgres.create()
    const servers = [await openAt(t, url), await openAt(t, url)]
    const id = await createFunction(servers[0]!)
    await Promise.all(
      servers.map(async ({ kv }) => {
        for (let round = 0; round < 50; round++) {
          await Promise.all(
            Array.from({ length: 100 }, (_, i) => kv.increment(id, bytes(`n${i % 2}`), 1))
          )
        }
      })
    )
    const sums = await Promise.all(
      ['n0', 'n1'].map(async key =>
        Buffer.from((await servers[0]!.kv.get(id, bytes(key)))!).toString()
      )
    )
    t.same(sums, ['5000', '5000'])
  })

  t.test('a quota of stored values holds for all servers together', async t => {
    const url = await postgres.create()
    const limits = {
      history: Infinity,
      historyPerFunction: Infinity,
      kv: Infinity,
      kvPerFunction: 100_000,
      jobs: { perFunction: Infinity, bytes: Infinity }
    }
    const servers = [await openAt(t, url, { limits }), await openAt(t, url, { limits })]
    const id = await createFunction(servers[0]!)
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) =>
        servers[i % 2]!.kv.set(id, bytes(`k${i}`), Buffer.alloc(9_950))
      )
    )
    t.equal(results.filter(({ status }) => status === 'fulfilled').length, 10)
    for (const result of results) {
      if (result.status === 'rejected') t.match(result.reason, { code: 'QUOTA_EXCEEDED' })
    }
    const { kv } = await servers[0]!.usage(id)
    t.ok(kv <= 100_000 && kv > 99_000, `${kv}`)
    const kept = results.findIndex(({ status }) => status === 'fulfilled')
    t.equal(await servers[1]!.kv.delete(id, bytes(`k${kept}`)), true)
    t.ok((await servers[0]!.usage()).kv < kv)
  })

  t.test(
    'a value that cannot be stored fails its execution alone, also in the batch of its end',
    async t => {
      const url = await postgres.create()
      const storage = await openAt(t, url)
      const id = await createFunction(storage)
      await postgres.query(
        `create function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
       create trigger fail before insert on kv for each row when (new.key = 'lost') execute function fail()`,
        url
      )
      const end = async (key: string) => {
        const execution = newExecution(id)
        storage.executions.begin(execution)
        // The function goes on before the database has the value.
        void storage.kv.forExecution.set(execution.id, id, bytes(key), bytes('v'))
        const error: unknown = await storage.executions
          .finish(finished(execution))
          .catch((error: unknown) => error)
        const record = await storage.executions.find(execution.id)
        return [(error as { code?: string } | undefined)?.code, record?.status]
      }
      await end('known from now on')
      t.same(await Promise.all(['a', 'lost', 'b'].map(end)), [
        [undefined, 'success'],
        ['WRITES_LOST', 'error'],
        [undefined, 'success']
      ])
    }
  )

  t.test('one job is claimed by one server', async t => {
    const url = await postgres.create()
    const servers = [await openAt(t, url), await openAt(t, url)]
    const id = await createFunction(servers[0]!)
    await Promise.all(Array.from({ length: 40 }, (_, i) => servers[i % 2]!.jobs.add(newJob(id, i))))
    let n = 0
    const claimed = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        servers[i % 2]!.jobs.claim({
          owner: `o${i % 2}`,
          now: 2000,
          leaseUntil: 9000,
          limit: 20,
          nextExecutionId: () => `e${n++}`
        })
      )
    )
    const ids = claimed.flat().map(job => job.id)
    t.equal(new Set(ids).size, ids.length)
    t.equal((await servers[0]!.jobs.list(PAGE, { status: 'running' })).total, ids.length)
  })

  t.test(
    'what ran on a server that died is closed by the next one, not what still runs',
    async t => {
      const url = await postgres.create()
      const living = await openAt(t, url)
      const id = await createFunction(living)
      const running = newExecution(id)
      living.executions.begin(running)
      await living.executions.makeDurable(running.id)
      await postgres.query(
        `insert into executions (id, function, version, status, node, created_at, bytes, trigger, event_json)
       select 'dead', seq, 1, 0, 999, 0, 10, 'http', '{}' from functions`,
        url
      )
      const next = await openAt(t, url)
      const fault = { kind: 'interrupted', message: 'gone' } as const
      t.equal(await next.executions.closeUnfinished(fault, 'gone'), 1)
      t.equal((await next.executions.find('dead'))?.status, 'error')
      t.equal((await next.executions.find(running.id))?.status, 'pending')
    }
  )
}

const newJob = (functionId: string, i: number) => ({
  id: `job${String(i).padStart(3, '0')}`,
  functionId,
  trigger: 'job',
  createdAt: 1000,
  dueAt: 1000,
  event: {
    method: 'POST',
    path: '/',
    relativePath: '/',
    headers: {},
    query: {},
    body: bytes('')
  } as never
})

await onPostgres(t, testPostgres)
