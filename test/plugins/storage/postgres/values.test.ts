/** What calls store goes with the records of their ends, and is read before it is there. */
import t from 'tap'
import type { PostgresStorage } from '../../../../plugins/storage/postgres/storage.js'
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

const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value).toString()

/** Begins an execution and gives what it does, until it ends. */
function begin(storage: PostgresStorage, functionId: string) {
  const execution = newExecution(functionId)
  storage.executions.begin(execution)
  const { forExecution } = storage.kv
  return {
    id: execution.id,
    set: (key: string, value: string, expiresAt?: number, scope = functionId) =>
      forExecution.set(execution.id, scope, bytes(key), bytes(value), expiresAt),
    increment: (key: string) => forExecution.increment(execution.id, functionId, bytes(key), 1),
    delete: (key: string) => forExecution.delete(execution.id, functionId, bytes(key)),
    get: async (key: string) => text(await storage.kv.get(functionId, bytes(key))),
    finish: () => storage.executions.finish(finished(execution))
  }
}

function testValues(postgres: Postgres): void {
  t.test('a call that stores values which it does not wait for costs one round trip', async t => {
    const storage = await openAt(t, await postgres.create())
    const id = await createFunction(storage)
    await storage.functions.find(id)
    const calls = 30
    const before = storage.roundTrips
    for (let i = 0; i < calls; i++) {
      const call = begin(storage, id)
      t.equal(call.set('a', `${i}`), undefined)
      t.equal(await call.get('a'), `${i}`)
      t.equal(call.set('b', `${i}`), undefined)
      await call.finish()
    }
    t.equal(Math.round((storage.roundTrips - before) / calls), 1)
    t.equal(text(await storage.kv.get(id, bytes('b'))), '29')
  })

  t.test('reads see what waits, in the order of the calls', async t => {
    const storage = await openAt(t, await postgres.create())
    const id = await createFunction(storage)
    await storage.functions.find(id)
    const call = begin(storage, id)
    call.set('n', '1')
    const results = await Promise.all([
      call.get('n'),
      call.increment('n'),
      call.get('n'),
      call.set('n', '7'),
      call.get('n'),
      call.delete('n'),
      call.get('n'),
      call.set('gone', 'x', Date.now() - 1),
      call.get('gone'),
      storage.kv.keys(id, { after: undefined, limit: 9 }).then(keys => keys.map(text)),
      call.set('later', 'x')
    ])
    t.same(results, [
      '1',
      2,
      '2',
      undefined,
      '7',
      true,
      undefined,
      undefined,
      undefined,
      [],
      undefined
    ])
    await call.finish()
    t.equal(await call.get('later'), 'x')
    t.equal(await call.get('n'), undefined)
  })

  t.test('values that replace each other in one batch are counted once', async t => {
    const storage = await openAt(t, await postgres.create())
    const id = await createFunction(storage)
    await storage.functions.find(id)
    const calls = Array.from({ length: 20 }, () => begin(storage, id))
    for (const [i, call] of calls.entries()) call.set('hot', 'x'.repeat(i < 10 ? i : 20 - i))
    await Promise.all(calls.map(call => call.finish()))
    t.equal(text(await storage.kv.get(id, bytes('hot'))), 'x')
    t.equal((await storage.executions.list(id, PAGE)).total, 20)
    t.equal((await storage.usage(id)).kv, 'hot'.length + 'x'.length + 40)
  })

  t.test(
    'a value that cannot be stored fails its own execution, and no other of the batch',
    async t => {
      const storage = await openAt(t, await postgres.create())
      const [id, other] = [await createFunction(storage), await createFunction(storage)]
      await storage.functions.find(id)
      const [good, bad, last] = [begin(storage, id), begin(storage, id), begin(storage, id)]
      good.set('good', '1')
      bad.set('bad', '1', undefined, 'nobody')
      last.set('last', '1', undefined, other)
      const ends = await Promise.allSettled([good.finish(), bad.finish(), last.finish()])
      t.same(
        ends.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled']
      )
      t.match(ends[1], { reason: { code: 'WRITES_LOST' } })
      t.equal(text(await storage.kv.get(id, bytes('good'))), '1')
      t.equal(text(await storage.kv.get(other, bytes('last'))), '1')
      t.equal((await storage.executions.find(bad.id))?.status, 'error')
      t.equal((await storage.executions.find(good.id))?.status, 'success')
    }
  )

  t.test('other servers see a value while the execution goes on', async t => {
    const url = await postgres.create()
    const [one, two] = [await openAt(t, url), await openAt(t, url)]
    const id = await createFunction(one)
    await one.functions.find(id)
    const call = begin(one, id)
    call.set('k', 'v')
    await eventually(t, async () => text(await two.kv.get(id, bytes('k'))), 'v')
    t.equal((await two.executions.find(call.id))?.status, 'pending')
    await call.finish()
    t.equal((await two.executions.find(call.id))?.status, 'success')
  })

  t.test('what waits for an execution is stored when the server stops', async t => {
    const url = await postgres.create()
    const one = await openAt(t, url)
    const id = await createFunction(one)
    await one.functions.find(id)
    begin(one, id).set('k', 'v')
    await one.close()
    t.equal(text(await (await openAt(t, url)).kv.get(id, bytes('k'))), 'v')
  })
}

await onPostgres(t, testValues)
