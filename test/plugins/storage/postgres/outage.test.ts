import t from 'tap'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, type Postgres } from '../../../helpers/postgres.js'
import {
  bytes,
  createFunction,
  finished,
  newExecution,
  PAGE
} from '../../../contracts/storage-fixtures.js'
import { openAt } from './open-postgres.js'

function testOutages(postgres: Postgres): void {
  t.test('calls wait while the database is away, and go on when it is back', async t => {
    const storage = await openAt(t, await postgres.create(), { waitMs: 60_000 })
    const id = await createFunction(storage)
    await postgres.stop()
    const reading = storage.functions.find(id)
    const writing = storage.kv.set(id, bytes('k'), bytes('v'))
    await pause(200)
    await postgres.start()
    t.equal((await reading)?.fn.id, id)
    await writing
    t.equal(Buffer.from((await storage.kv.get(id, bytes('k')))!).toString(), 'v')
  })

  t.test('those that have waited for long enough are told that it is away', async t => {
    // A name may have several addresses, and an error of all of them no words.
    const url = (await postgres.create()).replace('127.0.0.1', 'localhost')
    const storage = await openAt(t, url, { waitMs: 500 })
    const id = await createFunction(storage)
    await postgres.stop('immediate')
    const away = { code: 'DATABASE_UNAVAILABLE', statusCode: 503, message: /ECONNREFUSED/ }
    await t.rejects(storage.functions.find(id), away)
    await t.rejects(storage.probe(), away)
    await postgres.start()
    await eventually(t, () => storage.probe(), undefined)
    t.equal((await storage.functions.find(id))?.fn.id, id)
  })

  // Whatever else waits for the disk in between (a lease that is renewed) takes the value along: then it is not lost.
  t.test('an execution whose value the database lost has failed, and has its record', async t => {
    const storage = await openAt(t, await postgres.create(), { waitMs: 30_000 })
    const id = await createFunction(storage)
    let isLost = false
    for (let ended = 0; !isLost && ended < 10; ended++) {
      const key = bytes(`n${ended}`)
      const execution = newExecution(id)
      storage.executions.begin(execution)
      await storage.kv.forExecution.increment(execution.id, id, key, 1)
      await postgres.stop('immediate')
      await postgres.start()
      isLost = (await storage.kv.get(id, key)) === undefined
      const end = storage.executions.finish(finished(execution))
      if (isLost) await t.rejects(end, { code: 'WRITES_LOST' })
      else await t.resolves(end)
      const status = isLost ? 'error' : 'success'
      t.match(await storage.executions.find(execution.id), { status })
      t.equal((await storage.executions.list(id, PAGE)).total, ended + 1)
    }
    t.ok(isLost, 'the database lost one')
  })

  t.test('what was acknowledged is there after a crash of the database', async t => {
    const storage = await openAt(t, await postgres.create(), { waitMs: 30_000 })
    const id = await createFunction(storage)
    const acknowledged: string[] = []
    const over = new AbortController()
    const callers = Array.from({ length: 8 }, async () => {
      while (!over.signal.aborted) {
        const execution = newExecution(id)
        storage.executions.begin(execution)
        try {
          await storage.executions.finish(finished(execution))
          acknowledged.push(execution.id)
        } catch {
          await pause(20)
        }
      }
    })
    while (acknowledged.length < 200) await pause(10)
    await postgres.stop('immediate')
    await postgres.start()
    const before = acknowledged.length
    while (acknowledged.length < before + 50) await pause(10)
    over.abort()
    await Promise.all(callers)
    const found = await Promise.all(acknowledged.map(one => storage.executions.find(one)))
    t.equal(found.filter(one => one === undefined).length, 0)
  })
}

// The database itself writes what did not wait for the disk only after ten seconds, its longest.
await onPostgres(t, testOutages, { durable: true, options: ['-c', 'wal_writer_delay=10s'] })
