/** When jobs run: with a real store, and a clock that the test sets. */
import t, { type Test } from 'tap'
import type { InvocationRequest, Outcome } from '../../../core/contracts/invocation.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { JobStore } from '../../../core/contracts/jobs.js'
import { JobRunner } from '../../../plugins/jobs/runner.js'
import { newJob } from '../../contracts/storage-jobs.js'
import { createFunction, ids } from '../../contracts/storage-fixtures.js'
import { createFakeClock, settle } from '../../helpers/fake-clock.js'
import { functionRecord } from '../../helpers/function-record.js'
import { openNew } from '../storage/open-storage.js'

const START = 1_700_000_000_000
const log = { warn() {}, error() {} }
const fine = { statusCode: 200, headers: {}, body: new Uint8Array(0), isBase64Encoded: false }

interface Options {
  readonly limit?: number
  readonly allowance?: () => number
  /** Milliseconds by which timers end before their time. */
  readonly early?: number
  /** What becomes of an invocation; it answers with 200 unless given. */
  readonly invoke?: (request: InvocationRequest) => Promise<void>
}

/** A runner whose invocations are noted, on a store whose claims are. */
async function open(
  t: Test,
  { limit = 4, allowance = () => Infinity, early = 0, invoke }: Options = {}
) {
  const clock = createFakeClock(START)
  const storage = await openNew(t)
  const ran: string[] = []
  const reads = { claims: 0, looks: 0 }
  const jobs: JobStore = Object.assign(Object.create(storage.jobs), {
    claim: (asked: Parameters<JobStore['claim']>[0]) => {
      reads.claims++
      return storage.jobs.claim(asked)
    },
    nextDue: (now: number) => {
      reads.looks++
      return storage.jobs.nextDue(now)
    }
  })
  const runner = new JobRunner({
    jobs,
    versions: storage.versions,
    functionCache: { get: id => storage.functions.find(id) },
    frontDoor: { tryTakePlace: () => () => {} },
    clock: { ...clock, after: (ms, call) => clock.after(Math.max(0, ms - early), call) },
    log,
    owner: 'test',
    limit,
    pace: { allowance, noteBegun() {} },
    nextId: () => ids.next(),
    nextRequestId: () => 'r',
    invoker: {
      async invoke(request) {
        ran.push(request.job?.id ?? '')
        await invoke?.(request)
        const { fn, version, job } = request
        const outcome = { answer: fine, fault: undefined, errorMessage: undefined }
        const kept = job?.settle(outcome).kept
        if (kept !== undefined) await storage.jobs.settle(kept)
        return { ...outcome, executionId: 'e', functionId: fn.id, versionId: version.id } as Outcome
      }
    }
  })
  t.teardown(() => {
    runner.stop()
  })
  const add = async (functionId: string, dueAt = clock.now()) => {
    const { id } = await storage.jobs.add(newJob(functionId, { createdAt: clock.now(), dueAt }))
    runner.noteDue(dueAt)
    return id
  }
  /** Lets what was begun come to its end: commits take some turns of the event loop. */
  const turns = async () => {
    for (let i = 0; i < 20; i++) await settle()
  }
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 50) {
      await clock.pass(Math.min(50, left))
      await turns()
    }
  }
  return { storage, runner, clock, ran, reads, add, turns, pass }
}

t.test('a job runs at the moment it is due', async t => {
  const { storage, runner, ran, add, turns, pass } = await open(t)
  const functionId = await createFunction(storage)
  runner.start()
  const now = await add(functionId)
  await turns()
  t.same(ran, [now])
  const later = await add(functionId, START + 730)
  await pass(700)
  t.same(ran, [now])
  await pass(50)
  t.same(ran, [now, later])
})

t.test(
  'it looks once a second while something waits, and not at all while nothing does',
  async t => {
    const { storage, runner, reads, add, turns, pass } = await open(t)
    const functionId = await createFunction(storage)
    runner.start()
    await turns()
    const { looks, claims } = reads
    await pass(60_000)
    t.same(reads, { looks, claims })
    await add(functionId, START + 3_600_000)
    await turns()
    const before = { ...reads }
    await pass(10_000)
    t.equal(reads.claims, before.claims)
    t.ok(reads.looks - before.looks <= 11, `${reads.looks - before.looks} looks in 10 s`)
  }
)

t.test('a job that is due before the one that is slept for is not late', async t => {
  const { storage, runner, ran, add, pass } = await open(t)
  const functionId = await createFunction(storage)
  runner.start()
  await add(functionId, START + 900)
  await add(functionId, START + 1_800_000)
  const early = await add(functionId, START + 100)
  await pass(150)
  t.same(ran, [early])
})

t.test('a clock that is set forward makes due what it passed, oldest first, each once', async t => {
  const { storage, runner, clock, ran, add, turns, pass } = await open(t, { limit: 1 })
  const functionId = await createFunction(storage)
  runner.start()
  const hour = 3_600_000
  const second = await add(functionId, START + 2 * hour)
  const first = await add(functionId, START + hour)
  await turns()
  clock.set(START + 24 * hour)
  await pass(1100)
  t.same(ran, [first, second])
  clock.set(START)
  await pass(2000)
  t.same(ran, [first, second])
  const now = await add(functionId, clock.now())
  await turns()
  t.same(ran, [first, second, now], 'set back, it goes on')
})

t.test(
  'what was due while no server ran begins at its start, oldest first, no more at once than may',
  async t => {
    let running = 0
    let most = 0
    const { storage, runner, ran, turns, pass } = await open(t, {
      limit: 4,
      invoke: async () => {
        most = Math.max(most, ++running)
        await settle()
        running--
      }
    })
    const functionId = await createFunction(storage)
    const due: string[] = []
    for (let i = 0; i < 20; i++) {
      const job = newJob(functionId, { createdAt: START - 1, dueAt: START - 86_400_000 + i })
      due.push((await storage.jobs.add(job)).id)
    }
    runner.start()
    await turns()
    await pass(500)
    t.same(ran, due)
    t.ok(most <= 2, `${most} of one function at once: half of the places`)
  }
)

t.test('a job that finds no room goes back, and has had no attempt', async t => {
  let refusals = 2
  const { storage, runner, ran, add, turns, pass } = await open(t, {
    invoke: async () => {
      if (refusals-- > 0) throw new MoonletError('QUEUE_FULL', 'full')
    }
  })
  const functionId = await createFunction(storage)
  runner.start()
  const id = await add(functionId)
  await turns()
  t.match(await storage.jobs.find(id), { status: 'queued', attempt: 0 })
  await pass(3000)
  t.same(ran, [id, id, id])
  t.match(await storage.jobs.find(id), { status: 'succeeded', attempt: 1, attempts: 1 })
})

t.test('while calls have their turn jobs wait for the next window', async t => {
  let allowed = 0
  const { storage, runner, ran, add, pass } = await open(t, { allowance: () => allowed })
  const functionId = await createFunction(storage)
  runner.start()
  const id = await add(functionId)
  await pass(500)
  t.same(ran, [])
  allowed = 1
  await pass(150)
  t.same(ran, [id])
})

t.test(
  'a job of a function without an active version, or of a version that is gone, is dead',
  async t => {
    const { storage, runner, add, turns } = await open(t)
    const fn = functionRecord({ id: ids.next() })
    await storage.functions.restore(fn, [])
    runner.start()
    const id = await add(fn.id)
    await turns()
    t.match(await storage.jobs.find(id), { status: 'dead', reason: 'no_version' })
  }
)

t.test('a job that had to wait for calls does not wait for longer than their window', async t => {
  let left = 0
  const allowance = () => left
  const { storage, runner, ran, add, turns, pass } = await open(t, { allowance, early: 1 })
  const functionId = await createFunction(storage)
  runner.start()
  const id = await add(functionId)
  // Calls have ended before the runner has looked what else is due.
  left = 24
  await turns()
  await pass(100)
  t.same(ran, [id])
})
