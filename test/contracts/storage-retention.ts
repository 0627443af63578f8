import type { Test } from 'tap'
import { createIdSource } from '../../core/base/ids.js'
import type { OpenStorage } from './storage.js'
import {
  aiRequest,
  httpRequest,
  createFunction,
  finished,
  log,
  newExecution,
  NOW,
  PAGE,
  randomText,
  run
} from './storage-fixtures.js'

const DAY = 86_400

export function testRetention(t: Test, open: OpenStorage): void {
  t.test(
    'each function loses what is older than its own period, 7 days when it has none',
    async t => {
      const storage = await open(t)
      const periods = [undefined, 7, 15, 30, 365] as const
      const functions = await Promise.all(periods.map(() => createFunction(storage)))
      const ages = [0, 7, 7.001, 14, 15.001, 29, 30.001, 364, 365.001]
      for (const [i, id] of functions.entries()) {
        await storage.functions.update(id, {
          patch: { retentionDays: periods[i] },
          code: undefined,
          now: NOW
        })
        for (const age of ages) await run(storage, id, { createdAt: Math.floor(NOW - age * DAY) })
      }
      const expected = periods.map(days => ages.filter(age => age <= (days ?? 7)).length)
      const removed = await storage.executions.expire(NOW, 1000)
      t.equal(removed, functions.length * ages.length - expected.reduce((a, b) => a + b))
      const totals = await Promise.all(
        functions.map(async id => (await storage.executions.list(id, PAGE)).total)
      )
      t.same(totals, expected)
      t.equal(await storage.executions.expire(NOW, 1000), 0)
    }
  )

  t.test('logs and requests go with their execution', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const execution = newExecution(id, { createdAt: NOW - 8 * DAY })
    storage.executions.begin(execution)
    storage.executions.appendAiRequest(aiRequest(execution.id))
    storage.executions.appendHttpRequest(httpRequest(execution.id))
    await storage.executions.finish(finished(execution, { status: 'error', logs: [log('x')] }))
    t.equal(await storage.executions.expire(NOW, 10), 1)
    t.equal(await storage.executions.find(execution.id), undefined)
    t.same(await storage.executions.logs(execution.id, PAGE), { rows: [], total: 0 })
    t.same(await storage.executions.aiRequests(execution.id, PAGE), { rows: [], total: 0 })
    t.same(await storage.executions.list(id, PAGE, { status: 'error' }), { rows: [], total: 0 })
  })

  t.test('at most one batch is deleted, the next call goes on', async t => {
    const storage = await open(t)
    for (let i = 0; i < 3; i++) {
      const id = await createFunction(storage)
      await Promise.all(
        Array.from({ length: 250 }, () => run(storage, id, { createdAt: NOW - 8 * DAY }))
      )
    }
    const removed: number[] = []
    for (let i = 0; i < 4; i++) removed.push(await storage.executions.expire(NOW, 230))
    t.same(removed, [230, 230, 230, 60])
    t.equal(await storage.executions.lastId(), undefined)
  })

  t.test('an execution whose clock was wrong goes by its time, not by its id', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const future = await run(storage, id, { createdAt: NOW + 9000 * DAY })
    await run(storage, id, { createdAt: NOW - 8 * DAY })
    t.equal(await storage.executions.expire(NOW, 10), 1)
    t.same(
      (await storage.executions.list(id, PAGE)).rows.map(row => row.id),
      [future]
    )
  })

  t.test('where ids go with their time, to the second', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const first = NOW - 7 * DAY
    const made = new Map<number, string>()
    for (const createdAt of [first - 40 * DAY, first - 2, first - 1, first, first + 1, NOW]) {
      made.set(
        createdAt,
        await run(storage, id, { id: createIdSource(() => createdAt).next(), createdAt })
      )
    }
    t.equal(await storage.executions.expire(NOW - 46 * DAY, 10), 0)
    t.equal(await storage.executions.expire(NOW, 10), 3)
    t.same(
      (await storage.executions.list(id, PAGE)).rows.map(row => row.id),
      [NOW, first + 1, first].map(at => made.get(at))
    )
    t.equal(await storage.executions.expire(2 ** 33, 10), 3, 'later than an id can tell')
  })

  t.test('ids of another kind are found too', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    await run(storage, id, { id: 'an id of another kind', createdAt: NOW - 8 * DAY })
    await run(storage, id, { id: 'another', createdAt: NOW })
    t.equal(await storage.executions.expire(NOW, 10), 1)
    t.same(
      (await storage.executions.list(id, PAGE)).rows.map(row => row.id),
      ['another']
    )
  })
}

export function testReclaiming(t: Test, open: OpenStorage): void {
  t.test('the space of what was deleted is given back in steps', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    await Promise.all(
      Array.from({ length: 200 }, () =>
        run(storage, id, { createdAt: NOW - 8 * DAY, eventJson: randomText(20_000) })
      )
    )
    await storage.executions.expire(NOW, 1000)
    const first = await storage.reclaim(10)
    t.ok(first > 0)
    let rest = 0
    for (let step = await storage.reclaim(100); step > 0; step = await storage.reclaim(100)) {
      rest += step
    }
    t.ok(first + rest >= 200 * 20_000, `${first + rest} bytes`)
    t.equal(await storage.reclaim(100), 0)
  })
}
