/** Schedules that are late, and a disk that fills up, with a clock that tests turn. */
import t, { type Test } from 'tap'
import type { AlertMessage, AlertRule } from '../../../core/contracts/alerts.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { AlertBook } from '../../../plugins/alerts/alert-book.js'
import { composeMessage } from '../../../plugins/alerts/message.js'
import { AlertSources } from '../../../plugins/alerts/sources.js'
import { createFakeClock } from '../../helpers/fake-clock.js'
import { newExecution, createFunction, ids } from '../../contracts/storage-fixtures.js'
import { openNew } from '../storage/open-storage.js'
import { MINUTE, NOW, ruleWith } from '../../helpers/alert-record.js'

/** The rules over a real storage; what is told is read from where it waits to be delivered. */
async function start(t: Test, storage: Storage) {
  const clock = createFakeClock(NOW)
  const disk = { free: 0, total: 0 }
  const fail = (error: unknown) => {
    t.error(error as Error)
  }
  const book = new AlertBook({
    store: storage.alerts,
    clock,
    nextId: () => ids.next(),
    compose: (watch, telling) =>
      composeMessage({ storage, baseUrl: () => 'http://localhost' }, watch, telling),
    onMessage() {},
    onUnstored() {},
    onError: fail
  })
  await book.open()
  const sources = new AlertSources(book, {
    storage,
    now: clock.now,
    onError: fail,
    diskSpace: async () => disk
  })
  let told = 0
  return {
    clock,
    disk,
    book,
    sources,
    add: (change: Partial<AlertRule>) => book.create(ruleWith(change)),
    /** What was told since it was last asked. */
    async told(): Promise<Array<Pick<AlertMessage, 'status' | 'title' | 'text'>>> {
      await sources.measure()
      await book.settle()
      const messages = await storage.alerts.messages()
      const fresh = messages.slice(told)
      told = messages.length
      return fresh.map(({ message: { status, title, text } }) => ({ status, title, text }))
    }
  }
}

async function scheduled(storage: Storage, name: string): Promise<string> {
  const id = await createFunction(storage, { name, now: NOW / 1000 })
  const patch = { cronSchedule: '* * * * *', cronStatus: 'active' } as const
  await storage.functions.update(id, { patch, code: undefined, now: NOW / 1000 })
  return id
}

const success = (functionId: string) =>
  ({
    trigger: 'cron',
    functionId,
    refusal: undefined,
    outcome: {
      executionId: ids.next(),
      durationMs: 1,
      fault: undefined,
      answer: { statusCode: 200, headers: {}, body: new Uint8Array(), isBase64Encoded: false }
    }
  }) as const

t.test('a schedule without a success for too long is told, and its next success', async t => {
  const storage = await openNew(t)
  const id = await scheduled(storage, 'report')
  const { add, told, clock, sources } = await start(t, storage)
  await add({ on: 'schedule_late', lateMinutes: 60, repeatMinutes: 1000 })
  t.same(await told(), [])
  await clock.pass(59 * MINUTE)
  t.same(await told(), [], 'it has its time')
  await clock.pass(2 * MINUTE)
  t.match(await told(), [
    { status: 'firing', title: '"report" has not succeeded on its schedule for 60 minutes' }
  ])
  sources.onCall({ ...success(id), trigger: 'http' })
  t.same(await told(), [], 'a call by anybody is no success of the schedule')
  sources.onCall(success(id))
  t.match(await told(), [
    { status: 'ok', title: 'Every function has succeeded on its schedule again' }
  ])
})

t.test('a success of before the start counts, and so does how long ago it was', async t => {
  const storage = await openNew(t)
  const id = await scheduled(storage, 'report')
  const begun = newExecution(id, { trigger: 'cron', createdAt: NOW / 1000 + 30 * 60 })
  storage.executions.begin(begun)
  await storage.executions.finish({
    ...begun,
    status: 'success',
    statusCode: 200,
    durationMs: 1,
    errorMessage: undefined,
    fault: undefined,
    responseJson: undefined,
    logs: []
  })
  const { add, told, clock } = await start(t, storage)
  await add({ on: 'schedule_late', functionId: id, lateMinutes: 60 })
  await clock.pass(80 * MINUTE)
  t.same(await told(), [])
  await clock.pass(11 * MINUTE)
  t.match(await told(), [{ status: 'firing' }])
})

t.test('a schedule that is paused, or of another function, is not late', async t => {
  const storage = await openNew(t)
  const [mine, other] = [await scheduled(storage, 'mine'), await scheduled(storage, 'other')]
  const { add, told, clock, sources } = await start(t, storage)
  await add({ on: 'schedule_late', functionId: mine, lateMinutes: 10 })
  await clock.pass(9 * MINUTE)
  sources.onCall(success(mine))
  await clock.pass(5 * MINUTE)
  t.same(await told(), [], `${other} is none of its business`)
  await storage.functions.update(mine, {
    patch: { cronStatus: 'paused' },
    code: undefined,
    now: NOW / 1000
  })
  await clock.pass(100 * MINUTE)
  t.same(await told(), [])
})

t.test('little room on the disk is told once, and its end when there is room to spare', async t => {
  const storage = await openNew(t)
  const { add, told, disk } = await start(t, storage)
  await add({ on: 'disk_low', minFreeMb: 100 })
  const MIB = 1024 ** 2
  disk.total = 1000 * MIB
  const seen: unknown[] = []
  for (const free of [101, 100, 99, 50, 105, 99, 111, 105]) {
    disk.free = free * MIB
    seen.push(...(await told()))
  }
  t.same(
    seen.map(message => (message as AlertMessage).title),
    ['Less than 100 MiB are free on the disk', 'There is room on the disk again']
  )
  t.match(seen[0], { text: '99 MiB are free of 1000 MiB.' })
})
