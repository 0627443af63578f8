import t, { type Test } from 'tap'
import {
  aiRequest,
  bytes,
  createFunction,
  emailRequest,
  finished,
  httpRequest,
  log,
  newExecution,
  NOW,
  PAGE,
  randomText,
  run
} from '../../../contracts/storage-fixtures.js'
import type { StorageLimits } from '../../../../core/contracts/storage.js'
import { NO_LIMITS } from '../../../../plugins/storage/quotas/no-limits.js'
import type { QuotaNotice } from '../../../../plugins/storage/quotas/quota-warnings.js'
import { bytesSql, executionBytesSql } from '../../../../plugins/storage/quotas/row-bytes.js'
import { eventually } from '../../../helpers/eventually.js'
import { openParts } from '../open-parts.js'

const MIB = 1024 ** 2
type Db = Awaited<ReturnType<typeof openParts>>['db']

async function open(t: Test, limits: Partial<StorageLimits> = {}) {
  const notices: QuotaNotice[] = []
  const parts = await openParts(t, undefined, {
    limits: { ...NO_LIMITS, ...limits },
    onNotice: notice => {
      notices.push(notice)
    }
  })
  return { ...parts, notices }
}

/** The kept numbers, and what counting gives. */
function bothCounts(db: Db) {
  const kept = db
    .prepare(
      'select function, history, kv from stored_bytes where history <> 0 or kv <> 0 order by 1'
    )
    .all()
  const counted = db
    .prepare(
      `
    select function, sum(history) as history, sum(kv) as kv from (
      select e.function, ${executionBytesSql} as history, 0 as kv from executions e
      union all select function, 0, ${bytesSql('kv')} from kv)
    group by function order by 1`
    )
    .all()
  return { kept, counted }
}

function sameCounts(t: Test, db: Db): void {
  const { kept, counted } = bothCounts(db)
  t.same(kept, counted)
}

/** Such texts are stored in less than half of their bytes. */
const digits = (length: number): string => {
  let text = ''
  while (text.length < length) text += Math.random().toFixed(15).slice(2)
  return text.slice(0, length)
}

/** Writes some of everything that can be kept. */
async function writeAll(
  storage: Awaited<ReturnType<typeof open>>['storage'],
  id: string
): Promise<void> {
  const { executions, kv } = storage
  const long = newExecution(id, { eventJson: JSON.stringify({ body: 'ü'.repeat(5000) }) })
  executions.begin(long)
  executions.appendLogs(long.id, [log('early \ud800')])
  executions.appendAiRequest(aiRequest(long.id, { errorMessage: 'né' }))
  executions.appendEmailRequest(emailRequest(long.id))
  for (let i = 0; i < 102; i++) {
    executions.appendHttpRequest(httpRequest(long.id, { url: 'http://é/', errorMessage: 'né' }))
  }
  executions.linkToExecution(long.id)
  await kv.set(id, bytes('a'), bytes('x'.repeat(1000)))
  await executions.finish(finished(long, { responseJson: 'r'.repeat(9000), logs: [log('late')] }))
  const packed = JSON.stringify({ body: 'some words '.repeat(5000) })
  await run(storage, id, { eventJson: packed, responseJson: packed })
  await run(storage, id, { eventJson: digits(30_000), responseJson: digits(100_000) })
  await run(storage, id, {
    status: 'error',
    errorMessage: 'é',
    fault: { kind: 'runtime', message: 'é' },
    responseJson: '{}'
  })
  await kv.set(id, bytes('a'), bytes('shorter'))
  await kv.set(id, bytes('gone'), bytes('y'), 1)
  await kv.set(id, bytes('gone'), bytes('yy'), 2)
  await kv.increment('', bytes('n'), 12)
  await kv.compareAndSet(id, bytes('c'), undefined, bytes('d'))
  await kv.compareAndSet(id, bytes('c'), bytes('d'), undefined)
  await kv.delete(id, bytes('gone'))
}

t.test('what is kept is counted exactly, whatever is written and deleted', async t => {
  const { db, storage } = await open(t)
  const ids = [await createFunction(storage), await createFunction(storage)]
  for (const id of ids) await writeAll(storage, id)
  sameCounts(t, db)
  t.ok((await storage.usage(ids[0])).history > 20_000)
  await storage.kv.expire(Date.now(), 10)
  sameCounts(t, db)
  await storage.executions.expire(NOW + 30 * 86_400, 100)
  sameCounts(t, db)
  await storage.functions.remove(ids[0] ?? '')
  await eventually(
    t,
    () => db.prepare('select count(*) from purges').pluck().get() === 0,
    true,
    'the purge has ended'
  )
  await storage.probe()
  sameCounts(t, db)
  t.equal((await storage.usage()).history, 0)
})

t.test('numbers are right after a restart, and counted anew where there are none', async t => {
  const { db, storage } = await open(t)
  const id = await createFunction(storage)
  await writeAll(storage, id)
  const usage = await storage.usage(id)
  const file = db.name
  await storage.close()
  const again = await openParts(t, file)
  t.same(await again.storage.usage(id), usage)
  again.db.exec('delete from stored_bytes')
  await again.storage.close()
  const counted = await openParts(t, file)
  t.same(await counted.storage.usage(id), usage)
  sameCounts(t, counted.db)
})

t.test('a store is nearly full when its own quota or that of all has little room left', async t => {
  const { storage } = await open(t, { kv: 20 * MIB, kvPerFunction: 10 * MIB })
  const [full, empty] = [await createFunction(storage), await createFunction(storage)]
  const fill = (scope: string, key: string) =>
    storage.kv.set(scope, bytes(key), Buffer.alloc(7 * MIB))
  const nearlyFull = () => [full, empty, ''].map(scope => storage.kv.isNearlyFull(scope))
  t.same(nearlyFull(), [false, false, false])
  await fill(full, 'a')
  t.same(nearlyFull(), [true, false, false])
  await fill('', 'a')
  await storage.kv.set(empty, bytes('a'), Buffer.alloc(3 * MIB))
  t.same(nearlyFull(), [true, true, true])
  await storage.kv.delete(full, bytes('a'))
  t.same(nearlyFull(), [false, false, true])
  t.equal(storage.kv.isNearlyFull('nobody'), false)
})

t.test('beyond its quota the oldest executions of a function go, those of others stay', async t => {
  const { db, storage } = await open(t, { historyPerFunction: MIB })
  const [much, little] = [await createFunction(storage), await createFunction(storage)]
  const first = await run(storage, little)
  const events = Array.from({ length: 400 }, (_, i) => ({
    eventJson: JSON.stringify({ body: 'x'.repeat((i % 10) * 1000) })
  }))
  const made: string[] = []
  for (const event of events) {
    made.push(await run(storage, much, { ...event, logs: [log('a line')] }))
  }
  await eventually(
    t,
    async () => (await storage.usage(much)).history <= MIB,
    true,
    'it is within the quota'
  )
  const { rows, total } = await storage.executions.list(much, { limit: 100, offset: 0 })
  t.ok(total > 100 && total < 400, `${total} are left`)
  t.equal(rows[0]?.id, made.at(-1), 'the newest are')
  t.equal(await storage.executions.find(made[0] ?? ''), undefined)
  t.equal(db.prepare('select count(*) from logs').pluck().get(), total)
  t.ok(await storage.executions.find(first))
  sameCounts(t, db)
})

t.test('beyond the quota of all the oldest go, whosever they are', async t => {
  const { db, storage } = await open(t, { history: MIB })
  const ids = await Promise.all(Array.from({ length: 5 }, () => createFunction(storage)))
  const made: string[] = []
  for (let i = 0; i < 500; i++) {
    made.push(
      await run(storage, ids[i % 5] ?? '', {
        eventJson: JSON.stringify({ body: 'x'.repeat(3000) })
      })
    )
  }
  await eventually(
    t,
    async () => (await storage.usage()).history <= MIB,
    true,
    'it is within the quota'
  )
  const left = new Set(db.prepare('select id from executions').pluck().all())
  t.same(
    made.filter(id => left.has(id)),
    made.slice(-left.size)
  )
  sameCounts(t, db)
})

t.test('executions that still run are not deleted', async t => {
  const { storage } = await open(t, { historyPerFunction: 100_000 })
  const id = await createFunction(storage)
  const execution = newExecution(id, { eventJson: randomText(50_000) })
  storage.executions.begin(execution)
  storage.executions.appendLogs(execution.id, [log('it runs')])
  for (let i = 0; i < 10; i++) await run(storage, id, { eventJson: randomText(50_000) })
  await eventually(
    t,
    async () => (await storage.usage(id)).history <= 100_000,
    true,
    'it is within the quota'
  )
  t.match(await storage.executions.find(execution.id), { status: 'pending' })
  await storage.executions.finish(finished(execution))
  await run(storage, id, { eventJson: randomText(50_000) })
  await eventually(
    t,
    async () => (await storage.executions.find(execution.id)) === undefined,
    true,
    'it is gone'
  )
})

t.test('a quota that was lowered is kept from the next start on', async t => {
  const { db, storage } = await open(t)
  const id = await createFunction(storage)
  for (let i = 0; i < 300; i++) await run(storage, id, { eventJson: 'x'.repeat(10_000) })
  const file = db.name
  await storage.close()
  const again = await openParts(t, file, { limits: { ...NO_LIMITS, history: MIB } })
  await eventually(
    t,
    async () => (await again.storage.usage()).history <= MIB,
    true,
    'it is within the quota'
  )
  t.ok((await again.storage.executions.list(id, PAGE)).total > 50)
})

t.test('the file stays within the quota, whatever it is filled with', async t => {
  const same = (size: number): string => 'x'.repeat(size)
  for (const [name, body, stored, logs] of [
    ['small', same(100), 100, 0],
    ['logs', same(100), 100, 30],
    ['large', randomText(60_000), 60_000, 0],
    ['large, in half', digits(100_000), 43_000, 0],
    ['large, in hardly anything', same(60_000), 1200, 0],
    ['large, in half a page', `${digits(4000)}${same(40_000)}`, 2900, 0],
    ['just too large for a page to hold two', same(2100), 2100, 0]
  ] as const) {
    const { db, storage } = await open(t, { history: 4 * MIB })
    const id = await createFunction(storage)
    const lines = Array.from({ length: logs }, (_, i) => log(`line ${i} of some`))
    for (let written = 0; written < 12 * MIB; written += 400 + stored + logs * 50) {
      await run(storage, id, { eventJson: JSON.stringify({ body }), logs: lines })
    }
    const { bytes } = await storage.sizes()
    t.ok(bytes <= 4 * MIB * 1.15, `${name}: ${bytes} bytes`)
    t.ok((await storage.usage()).history > 3.5 * MIB)
    sameCounts(t, db)
  }
})

t.test('a value that has no room is refused, and what was there stays', async t => {
  const { db, storage } = await open(t, { kvPerFunction: 10_000, kv: 25_000 })
  const { kv } = storage
  const ids = await Promise.all(Array.from({ length: 3 }, () => createFunction(storage)))
  const [id = ''] = ids
  await kv.set(id, bytes('a'), bytes('x'.repeat(9000)))
  const refused = {
    code: 'QUOTA_EXCEEDED',
    message:
      /no room for 2\d\d\d bytes more: of 10000 bytes for the store of this function \(setting KV_LIMIT_PER_FUNCTION\) 9\d\d\d are in use/
  }
  await t.rejects(kv.set(id, bytes('b'), bytes('x'.repeat(2000))), refused)
  await t.rejects(kv.compareAndSet(id, bytes('b'), undefined, bytes('x'.repeat(2000))), refused)
  await t.rejects(kv.set(id, bytes('a'), bytes('x'.repeat(11_000))), { code: 'QUOTA_EXCEEDED' })
  t.same(await kv.get(id, bytes('a')), bytes('x'.repeat(9000)))
  await kv.set(id, bytes('a'), bytes('x'.repeat(9500)))
  await kv.set('', bytes('a'), bytes('x'.repeat(9000)))
  await t.rejects(kv.set(ids[1] ?? '', bytes('a'), bytes('x'.repeat(9000))), {
    message: /of 25000 bytes for all stores together \(setting KV_LIMIT\)/
  })
  await kv.delete(id, bytes('a'))
  await kv.set(ids[1] ?? '', bytes('a'), bytes('x'.repeat(9000)))
  sameCounts(t, db)
})

t.test('keys count, and so does each entry by itself', async t => {
  const { storage } = await open(t, { kvPerFunction: 10_000 })
  const id = await createFunction(storage)
  let entries = 0
  await t.rejects(
    async () => {
      for (;;) await storage.kv.set(id, bytes(`${entries++}`), bytes(''))
    },
    { code: 'QUOTA_EXCEEDED' }
  )
  t.ok(entries > 100 && entries < 300, `${entries}`)
})

t.test('entries that have expired make room', async t => {
  const { storage } = await open(t, { kvPerFunction: 10_000 })
  const id = await createFunction(storage)
  await storage.kv.set(id, bytes('old'), bytes('x'.repeat(9000)), 1)
  await storage.kv.set(id, bytes('new'), bytes('x'.repeat(9000)))
  t.same(await storage.kv.get(id, bytes('new')), bytes('x'.repeat(9000)))
})

t.test('nearly full quotas are told of once, until there is room again', async t => {
  const { storage, notices } = await open(t, { kvPerFunction: 10_000, historyPerFunction: 50_000 })
  const id = await createFunction(storage)
  const fill = (size: number) => storage.kv.set(id, bytes('a'), bytes('x'.repeat(size)))
  for (const size of [7000, 8500, 9000, 7500, 9000]) await fill(size)
  t.match(notices, [
    { kind: 'kv', functionId: id, setting: 'KV_LIMIT_PER_FUNCTION', limit: 10_000 }
  ])
  t.equal(notices.length, 1)
  for (const size of [1000, 9000]) await fill(size)
  t.equal(notices.length, 2)
  for (let i = 0; i < 200; i++) await run(storage, id, { eventJson: 'x'.repeat(1000) })
  t.same(
    notices.map(({ kind }) => kind),
    ['kv', 'kv', 'history']
  )
})

t.test('history with many megabytes in each execution is shortened in steps', async t => {
  const { db, storage } = await open(t)
  const id = await createFunction(storage)
  for (let i = 0; i < 12; i++) {
    await run(storage, id, { createdAt: NOW - 30 * 86_400, responseJson: randomText(MIB) })
  }
  let most = 0
  const { transaction } = db
  t.type(transaction, 'function')
  let before = (await storage.usage()).history
  const removed = storage.executions.expire(NOW, 100)
  const watch = setInterval(() => {}, 1)
  while (before > 0) {
    await new Promise<void>(resolve => {
      setImmediate(resolve)
    })
    const { history } = await storage.usage()
    most = Math.max(most, before - history)
    before = history
  }
  clearInterval(watch)
  t.equal(await removed, 12)
  t.ok(most < 6 * MIB, `${most} bytes in one step`)
})

t.test('quotas of a function stand in for those of the server, greater or smaller', async t => {
  const { storage } = await open(t, { kvPerFunction: 10_000 })
  const own = (bytes: number) => ({
    patch: { frontDoor: { kv_bytes: bytes } },
    code: undefined,
    now: NOW
  })
  const [small, great] = [await createFunction(storage), await createFunction(storage)]
  await storage.functions.update(small, own(1000))
  await storage.functions.update(great, own(20_000))
  const set = (id: string, size: number) => storage.kv.set(id, bytes('k'), Buffer.alloc(size))
  await t.rejects(set(small, 2000), {
    code: 'QUOTA_EXCEEDED',
    message: /of 1000 bytes for the store of this function \(setting kv_bytes\)/
  })
  await set(small, 500)
  await set(great, 15_000)
  const other = await createFunction(storage)
  await t.rejects(set(other, 15_000), { message: /setting KV_LIMIT_PER_FUNCTION/ })
  await storage.functions.update(small, {
    patch: { frontDoor: { kv_bytes: null } },
    code: undefined,
    now: NOW
  })
  await set(small, 2000)
})

t.test('a smaller quota of history takes effect at once, and after a restart', async t => {
  const { storage, db } = await open(t)
  const [id, other] = [await createFunction(storage), await createFunction(storage)]
  for (let i = 0; i < 40; i++) {
    await run(storage, id, { responseJson: 'x'.repeat(10_000) })
    await run(storage, other, { responseJson: 'x'.repeat(10_000) })
  }
  const before = await storage.usage(id)
  await storage.functions.update(id, {
    patch: { frontDoor: { history_bytes: 100_000 } },
    code: undefined,
    now: NOW
  })
  await eventually(t, async () => (await storage.usage(id)).history <= 100_000, true)
  t.ok((await storage.executions.list(id, PAGE)).total > 0, 'the newest are kept')
  t.same((await storage.usage(other)).history, before.history, 'of others nothing is deleted')
  sameCounts(t, db)
})

t.test('the quota of a function that could not be made durable does not hold', async t => {
  const { storage, db } = await open(t)
  const id = await createFunction(storage)
  db.exec(
    "create temp trigger fail before update on functions begin select raise(abort, 'no'); end"
  )
  await t.rejects(
    storage.functions.update(id, {
      patch: { frontDoor: { kv_bytes: 10 } },
      code: undefined,
      now: NOW
    })
  )
  db.exec('drop trigger fail')
  await storage.kv.set(id, bytes('k'), Buffer.alloc(1000))
  t.equal((await storage.functions.find(id))?.fn.frontDoor, undefined)
})
