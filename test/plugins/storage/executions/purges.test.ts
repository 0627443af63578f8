import t from 'tap'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Storage } from '../../../../core/contracts/storage.js'
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
  run
} from '../../../contracts/storage-fixtures.js'
import { openParts, totalsOf } from '../open-parts.js'
import { temporaryFolder } from '../open-storage.js'

type Db = Awaited<ReturnType<typeof openParts>>['db']

const tables = [
  'executions',
  'logs',
  'ai_requests',
  'email_requests',
  'http_requests',
  'kv',
  'env',
  'versions',
  'functions',
  'purges'
] as const
const sizes = (db: Db) =>
  Object.fromEntries(
    tables.map(table => [table, db.prepare(`select count(*) from ${table}`).pluck().get()])
  )

async function fill(storage: Storage, functionId: string, executions: number): Promise<void> {
  await Promise.all(
    Array.from({ length: executions }, (_, i) =>
      run(storage, functionId, { version: 1 + (i % 2), logs: [log('x')] })
    )
  )
  const execution = newExecution(functionId)
  storage.executions.begin(execution)
  storage.executions.appendAiRequest(aiRequest(execution.id))
  storage.executions.appendEmailRequest(emailRequest(execution.id))
  storage.executions.appendHttpRequest(httpRequest(execution.id))
  await storage.executions.finish(finished(execution))
  await Promise.all(
    Array.from({ length: 120 }, (_, i) => storage.kv.set(functionId, bytes(`k${i}`), bytes('v')))
  )
  await storage.env.set(functionId, 'A', 'b')
}

async function untilPurged(db: Db): Promise<void> {
  while (db.prepare('select count(*) from purges').pluck().get() !== 0) await pause(5)
}

t.test('a removed function leaves the file, all of it, and nothing else goes', async t => {
  const { db, storage } = await openParts(t)
  const [gone, kept] = [await createFunction(storage), await createFunction(storage)]
  for (const id of [gone, kept]) {
    await storage.functions.update(id, { patch: {}, code: 'c2', now: NOW })
  }
  await fill(storage, kept, 30)
  const before = sizes(db)
  await fill(storage, gone, 1500)
  await storage.functions.remove(gone)
  t.equal((await storage.executions.list(gone, PAGE)).total, 0, 'gone before its rows are')
  t.ok(Number(db.prepare('select count(*) from executions').pluck().get()) > 1000)
  await untilPurged(db)
  t.same(sizes(db), { ...before, functions: 1, versions: 2 })
  const { kept: totals, counted } = totalsOf(db)
  t.same(totals, counted)
  t.equal(db.prepare('select count(*) from execution_counts').pluck().get(), counted.length)
  t.equal((await storage.executions.list(kept, PAGE)).total, 31)
})

t.test("a removed version's executions leave the file, the other version's stay", async t => {
  const { db, storage } = await openParts(t)
  const id = await createFunction(storage)
  await storage.functions.update(id, { patch: {}, code: 'c2', now: NOW })
  await Promise.all(
    Array.from({ length: 5000 }, (_, i) => run(storage, id, { version: i % 10 === 0 ? 1 : 2 }))
  )
  await storage.versions.remove(id, `ver_${id}_v1`)
  t.equal((await storage.executions.list(id, PAGE)).total, 4500)
  await untilPurged(db)
  t.equal(db.prepare('select count(*) from executions where version = 1').pluck().get(), 0)
  t.equal(db.prepare('select count(*) from executions').pluck().get(), 4500)
  const { kept, counted } = totalsOf(db)
  t.same(kept, counted)
})

t.test(
  'a purge that was interrupted goes on at the next start, and no reader sees its rows meanwhile',
  async t => {
    const file = join(await temporaryFolder(t), 'moonlet.db')
    const first = await openParts(t, file)
    const id = await createFunction(first.storage)
    await first.storage.functions.update(id, { patch: {}, code: 'c2', now: NOW })
    await Promise.all(
      Array.from({ length: 3000 }, (_, i) => run(first.storage, id, { version: 1 + (i % 2) }))
    )
    const last = await run(first.storage, id)
    await first.storage.versions.remove(id, `ver_${id}_v1`)
    await first.storage.close()

    const second = await openParts(t, file)
    t.ok(
      Number(second.db.prepare('select count(*) from executions where version = 1').pluck().get()) >
        0,
      'not finished before'
    )
    t.equal(await second.storage.executions.find(last), undefined)
    t.match(await second.storage.executions.list(id, PAGE), { total: 1500 })
    t.ok(
      (await second.storage.executions.list(id, { limit: 100, offset: 0 })).rows.every(
        ({ versionId }) => versionId.endsWith('_v2')
      )
    )
    await untilPurged(second.db)
    t.equal(second.db.prepare('select count(*) from executions').pluck().get(), 1500)
  }
)

t.test('the server goes on while much is purged', async t => {
  const { db, storage } = await openParts(t)
  const [gone, kept] = [await createFunction(storage), await createFunction(storage)]
  await Promise.all(Array.from({ length: 5000 }, () => run(storage, gone)))
  await storage.functions.remove(gone)
  let runs = 0
  while (db.prepare('select count(*) from purges').pluck().get() !== 0) {
    await run(storage, kept)
    runs++
  }
  t.ok(runs > 10, `${runs} runs in between`)
  t.equal((await storage.executions.list(kept, PAGE)).total, runs)
})
