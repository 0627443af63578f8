import type { Test } from 'tap'
import type { JobEnd } from '../../core/contracts/job-ends.js'
import type { ClaimedJob, NewJob } from '../../core/contracts/jobs.js'
import type { InvocationEvent } from '../../core/contracts/invocation.js'
import type { Storage } from '../../core/contracts/storage.js'
import type { OpenStorage } from './storage.js'
import { bytes, createFunction, finished, ids, newExecution, PAGE } from './storage-fixtures.js'

const T0 = 1_700_000_000_000
const LEASE = 30_000

export const jobEvent = (body = 'b'): InvocationEvent => ({
  method: 'POST',
  path: '/fn/x/a',
  relativePath: '/a',
  headers: { 'X-Name': '\u00c3\u00bc\n' },
  query: { q: '1' },
  body: bytes(body),
  details: { moreQuery: ['q', '2'], params: { item: '7' } }
})

export const newJob = (functionId: string, change: Partial<NewJob> = {}): NewJob => ({
  id: ids.next(),
  functionId,
  trigger: 'job',
  event: jobEvent(),
  createdAt: T0,
  dueAt: T0,
  ...change
})

const claim = (
  { jobs }: Storage,
  change: { owner?: string; now?: number; limit?: number; skip?: string[] } = {}
): Promise<ClaimedJob[]> => {
  const { now = T0 } = change
  return jobs.claim({
    owner: 'a',
    now,
    leaseUntil: now + LEASE,
    limit: 10,
    nextExecutionId: () => ids.next(),
    ...change
  })
}

const settle = (
  { jobs }: Storage,
  { id, attempts }: Pick<ClaimedJob, 'id' | 'attempts'>,
  end: JobEnd,
  { owner = 'a', now = T0 } = {}
): Promise<boolean> => jobs.settle({ id, owner, attempts, now, end })

const statusOf = async ({ jobs }: Storage, id: string) => (await jobs.find(id))?.status

/** A job that was claimed by 'a'. */
async function claimedJob(storage: Storage, functionId: string): Promise<ClaimedJob> {
  await storage.jobs.add(newJob(functionId))
  const [job] = await claim(storage)
  if (job === undefined) throw new Error('nothing was claimed')
  return job
}

async function deadJob(storage: Storage, functionId: string): Promise<string> {
  const job = await claimedJob(storage, functionId)
  const end = { status: 'dead', reason: 'attempts', statusCode: 500, error: 'no' } as const
  await settle(storage, job, end)
  return job.id
}

export function testJobs(t: Test, open: OpenStorage): void {
  testAdding(t, open)
  testClaiming(t, open)
  testSettling(t, open)
  testLeases(t, open)
  testDecisions(t, open)
  testJobLists(t, open)
}

function testAdding(t: Test, open: OpenStorage): void {
  t.test('a job keeps the whole event and its caller, to the last byte', async t => {
    const storage = await open(t)
    const functionId = await createFunction(storage)
    const body = Uint8Array.from({ length: 300_000 }, (_, i) => i % 256)
    const event = { ...jobEvent(), body }
    const caller = { kind: 'key', name: 'shop' } as const
    const job = newJob(functionId, { event, caller })
    t.same(await storage.jobs.add(job), { id: job.id, isNew: true })
    const [claimed] = await claim(storage)
    for (const call of [claimed?.call, await storage.jobs.findCall(job.id)]) {
      t.ok(Buffer.from(call?.event.body ?? []).equals(body))
      t.strictSame({ ...call?.event, body: null }, { ...event, body: null })
      t.strictSame(call?.caller, caller)
    }
    t.equal(await storage.jobs.findCall('missing'), undefined)
  })

  t.test(
    'of runs by the schedule one is unfinished at most, and the function remembers it',
    async t => {
      const storage = await open(t)
      const [id, other] = [await createFunction(storage), await createFunction(storage)]
      for (const one of [id, other]) {
        await storage.functions.update(one, {
          patch: { cronSchedule: '* * * * *', cronStatus: 'active' },
          code: undefined,
          now: 1
        })
      }
      const scheduled = (functionId: string, createdAt = T0) =>
        storage.jobs.add(
          newJob(functionId, { trigger: 'cron', isScheduled: true, createdAt, dueAt: createdAt })
        )
      const first = await scheduled(id)
      t.equal(first.isNew, true)
      t.same(await scheduled(id, T0 + 60_000), { id: first.id, isNew: false })
      t.equal((await scheduled(other)).isNew, true)
      await storage.jobs.add(newJob(id, { trigger: 'cron' }))
      const noted = async () =>
        (await storage.functions.listScheduled()).map(({ lastCronAt }) => lastCronAt)
      t.same(await noted(), [T0 / 1000, T0 / 1000], 'what was not added is not remembered')
      const job = (await claim(storage)).find(claimed => claimed.id === first.id)
      if (job === undefined) throw new Error('the run was not claimed')
      t.equal((await scheduled(id, T0 + 120_000)).isNew, false, 'it runs')
      await settle(storage, job, { status: 'succeeded' })
      await storage.jobs.remove(job.id)
      await storage.jobs.redriveAll({}, { now: T0 })
      t.same(await noted(), [T0 / 1000, T0 / 1000], 'also once the job is deleted')
    }
  )

  t.test('a job of a function that is not there is refused', async t => {
    const storage = await open(t)
    await t.rejects(storage.jobs.add(newJob('missing')), { code: 'NOT_FOUND' })
  })

  t.test('a key gives the same job for a day, for its function alone', async t => {
    const storage = await open(t)
    const [id, other] = [await createFunction(storage), await createFunction(storage)]
    const add = (functionId: string, createdAt = T0) =>
      storage.jobs.add(newJob(functionId, { idempotencyKey: 'k', createdAt }))
    const first = await add(id)
    t.equal(first.isNew, true)
    t.same(await add(id, T0 + 86_399_999), { id: first.id, isNew: false })
    t.same(await add(id, T0 - 1000), { id: first.id, isNew: false }, 'the clock was set back')
    t.equal((await add(other)).isNew, true)
    const later = await add(id, T0 + 86_400_000)
    t.equal(later.isNew, true)
    t.same(await add(id, T0 + 86_400_001), { id: later.id, isNew: false })
    t.equal((await storage.jobs.list(PAGE)).total, 3)
  })

  t.test('of many calls with one key at once, one makes the job', async t => {
    const storage = await open(t)
    const id = await createFunction(storage)
    const made = await Promise.all(
      Array.from({ length: 20 }, () => storage.jobs.add(newJob(id, { idempotencyKey: 'k' })))
    )
    t.equal(made.filter(({ isNew }) => isNew).length, 1)
    t.equal(new Set(made.map(({ id }) => id)).size, 1)
  })
}

function testClaiming(t: Test, open: OpenStorage): void {
  t.test('what is due is claimed, oldest due first, once', async t => {
    const storage = await open(t)
    const functionId = await createFunction(storage)
    const late = newJob(functionId, { dueAt: T0 - 1 })
    const early = newJob(functionId, { dueAt: T0 - 2 })
    const future = newJob(functionId, { dueAt: T0 + 1 })
    for (const job of [late, early, future]) await storage.jobs.add(job)
    const claimed = await claim(storage)
    t.same(
      claimed.map(({ id }) => id),
      [early.id, late.id]
    )
    t.match(claimed[0], { status: 'running', attempt: 1, attempts: 1, startedAt: T0 })
    t.same(await claim(storage, { owner: 'b' }), [])
    t.equal(await storage.jobs.nextDue(T0), T0 + 1)
    t.equal(await storage.jobs.nextDue(T0 + 1), undefined)
    t.equal((await claim(storage, { now: T0 + 1, owner: 'b' }))[0]?.id, future.id)
  })

  t.test('two owners that claim at once share the jobs, and none is claimed twice', async t => {
    const storage = await open(t)
    const functionIds = await Promise.all([1, 2, 3].map(() => createFunction(storage)))
    const added: string[] = []
    for (const functionId of functionIds) {
      for (let i = 0; i < 40; i++) added.push((await storage.jobs.add(newJob(functionId))).id)
    }
    const claimed: string[] = []
    for (let isLeft = true; isLeft;) {
      const both = await Promise.all(
        ['a', 'b', 'a', 'b'].map(owner => claim(storage, { owner, limit: 7 }))
      )
      const owners = both.flatMap((jobs, i) => jobs.map(job => ({ job, owner: i % 2 ? 'b' : 'a' })))
      for (const { job, owner } of owners) {
        claimed.push(job.id)
        t.equal(await settle(storage, job, { status: 'succeeded' }, { owner }), true)
      }
      isLeft = owners.length > 0
    }
    t.same([...claimed].sort(), added.sort())
  })

  t.test('functions take turns, and none gets more than stays free for the others', async t => {
    const storage = await open(t)
    const [flood, other] = [await createFunction(storage), await createFunction(storage)]
    for (let i = 0; i < 30; i++) await storage.jobs.add(newJob(flood))
    t.equal((await claim(storage, { limit: 8 })).length, 4)
    await storage.jobs.add(newJob(other, { dueAt: T0 + 1 }))
    t.equal((await claim(storage, { limit: 4, now: T0 + 1 }))[0]?.functionId, other)
  })

  t.test('with one place alone, functions get it by turns', async t => {
    const storage = await open(t)
    const [first, second] = [await createFunction(storage), await createFunction(storage)]
    for (const id of [first, first, first, second, second]) await storage.jobs.add(newJob(id))
    const turns: string[] = []
    for (let i = 0; i < 5; i++) {
      const [job] = await claim(storage, { limit: 1, now: T0 + 1 + i })
      if (job === undefined) break
      turns.push(job.functionId)
      await settle(storage, job, { status: 'succeeded' })
    }
    t.same(turns, [first, second, first, second, first])
  })

  t.test('max_concurrency holds for jobs; skipped and disabled functions wait', async t => {
    const storage = await open(t)
    const [limited, skipped, disabled] = await Promise.all([
      createFunction(storage),
      createFunction(storage),
      createFunction(storage)
    ])
    const patch = { frontDoor: { max_concurrency: 2 } }
    await storage.functions.update(limited, { patch, code: undefined, now: 1 })
    for (const id of [limited, limited, limited, limited, skipped, disabled]) {
      await storage.jobs.add(newJob(id))
    }
    const disable = (isDisabled: boolean) =>
      storage.functions.update(disabled, {
        patch: { disabled: isDisabled },
        code: undefined,
        now: 1
      })
    await disable(true)
    const claimed = await claim(storage, { skip: [skipped], limit: 20 })
    t.same(
      claimed.map(({ functionId }) => functionId),
      [limited, limited]
    )
    t.same(await claim(storage, { skip: [skipped], limit: 20, now: T0 + 1 }), [])
    await disable(false)
    const more = await claim(storage, { limit: 20, now: T0 + 2 })
    t.same(more.map(({ functionId }) => functionId).sort(), [skipped, disabled].sort())
  })
}

function testSettling(t: Test, open: OpenStorage): void {
  t.test('a job that waits is tried again when it is due', async t => {
    const storage = await open(t)
    const job = await claimedJob(storage, await createFunction(storage))
    const end = { status: 'waiting', dueAt: T0 + 10, statusCode: 503, error: 'busy' } as const
    t.equal(await settle(storage, job, end), true)
    t.match(await storage.jobs.find(job.id), {
      status: 'waiting',
      dueAt: T0 + 10,
      statusCode: 503,
      error: 'busy'
    })
    t.same(await claim(storage, { now: T0 + 9 }), [])
    t.match(await claim(storage, { now: T0 + 10 }), [{ id: job.id, attempt: 2, attempts: 2 }])
  })

  t.test('a job that is returned has had no attempt', async t => {
    const storage = await open(t)
    const job = await claimedJob(storage, await createFunction(storage))
    await settle(storage, job, { status: 'returned', dueAt: T0 + 5 })
    t.match(await storage.jobs.find(job.id), { status: 'queued', attempt: 0, attempts: 0 })
    t.match(await claim(storage, { now: T0 + 5 }), [{ id: job.id, attempt: 1 }])
  })

  t.test('only who holds the lease settles, and once', async t => {
    const storage = await open(t)
    const job = await claimedJob(storage, await createFunction(storage))
    const done = { status: 'succeeded' } as const
    t.equal(await settle(storage, job, done, { owner: 'b' }), false)
    t.equal(await settle(storage, { ...job, attempts: 2 }, done), false, 'another lease')
    t.equal(await settle(storage, { ...job, id: 'missing' }, done), false)
    t.equal(await settle(storage, job, done), true)
    t.equal(await settle(storage, job, done), false)
    t.match(await storage.jobs.find(job.id), { status: 'succeeded', finishedAt: T0 })
  })

  t.test('a record and what becomes of its job are written together', async t => {
    const storage = await open(t)
    const functionId = await createFunction(storage)
    const { id, attempts, executionId } = await claimedJob(storage, functionId)
    const settlement = { id, owner: 'a', attempts, now: T0, end: { status: 'succeeded' } } as const
    const execution = newExecution(functionId, { id: executionId, jobId: id, attempt: 1 })
    storage.executions.begin(execution)
    await storage.executions.finish(finished(execution), { kept: settlement, lost: settlement })
    t.equal(await statusOf(storage, id), 'succeeded')
    t.match(await storage.executions.find(executionId), { jobId: id, attempt: 1 })
    t.match(await storage.executions.listAttempts(id, 10), [{ id: executionId }])
    t.match(await storage.executions.list(functionId, PAGE, { jobId: id }), { total: 1 })
    t.match(await storage.executions.list(functionId, PAGE, { jobId: 'other' }), { total: 0 })
  })
}

function testLeases(t: Test, open: OpenStorage): void {
  const takeOver = ({ jobs }: Storage, now: number, dead?: string) =>
    jobs.takeOver({
      owner: 'b',
      now,
      leaseUntil: now + LEASE,
      limit: 10,
      isDead: owner => owner === dead
    })

  t.test('a lease that runs out is taken over, and its former holder is refused', async t => {
    const storage = await open(t)
    const job = await claimedJob(storage, await createFunction(storage))
    t.same(await takeOver(storage, T0 + LEASE), [])
    const [taken] = await takeOver(storage, T0 + LEASE + 1)
    t.match(taken, { id: job.id, attempt: 1, executionId: job.executionId })
    t.equal(await settle(storage, job, { status: 'succeeded' }), false)
    t.equal(
      await settle(storage, job, { status: 'waiting', dueAt: T0 }, { owner: 'b' }),
      true,
      'the attempt counts'
    )
    t.match(await claim(storage), [{ id: job.id, attempt: 2 }])
  })

  t.test('a lease that is renewed stays; one of a dead owner goes at once', async t => {
    const storage = await open(t)
    const job = await claimedJob(storage, await createFunction(storage))
    await storage.jobs.renew('other', T0 + 10 * LEASE)
    await storage.jobs.renew('a', T0 + 2 * LEASE)
    t.same(await takeOver(storage, T0 + LEASE + 1), [])
    t.match(await takeOver(storage, T0, 'a'), [{ id: job.id }])
    t.same(await takeOver(storage, T0 + 10 * LEASE), [], 'what it holds itself stays')
  })
}

function testDecisions(t: Test, open: OpenStorage): void {
  t.test('a dead job that is redriven keeps its id and gets fresh attempts', async t => {
    const storage = await open(t)
    const id = await deadJob(storage, await createFunction(storage))
    t.match(await storage.jobs.find(id), { status: 'dead', reason: 'attempts', error: 'no' })
    t.equal(await storage.jobs.redrive(id, { now: T0 + 5, version: 3 }), 'done')
    t.match(await storage.jobs.find(id), {
      status: 'queued',
      attempt: 0,
      attempts: 1,
      version: 3,
      dueAt: T0 + 5,
      error: undefined,
      reason: undefined,
      finishedAt: undefined
    })
    t.equal(await storage.jobs.redrive(id, { now: T0 }), 'queued')
    t.equal(await storage.jobs.redrive('missing', { now: T0 }), 'missing')
    t.match(await claim(storage, { now: T0 + 5 }), [{ id, attempt: 1, attempts: 2, version: 3 }])
    t.equal(await storage.jobs.redrive(id, { now: T0 }), 'running')
  })

  t.test('all dead jobs of a function are redriven, and no others', async t => {
    const storage = await open(t)
    const [id, other] = [await createFunction(storage), await createFunction(storage)]
    for (let i = 0; i < 5; i++) await deadJob(storage, id)
    const left = await deadJob(storage, other)
    t.equal(await storage.jobs.redriveAll({ functionId: id }, { now: T0 + 1 }), 5)
    t.equal(await storage.jobs.redriveAll({ functionId: 'missing' }, { now: T0 + 1 }), 0)
    t.equal(await storage.jobs.redriveAll({ status: 'queued' }, { now: T0 + 1 }), 0)
    t.equal(await statusOf(storage, left), 'dead')
    t.equal(await storage.jobs.redriveAll({}, { now: T0 + 1 }), 1)
  })

  t.test(
    'a cancelled job is not claimed, and a run under way changes nothing any more',
    async t => {
      const storage = await open(t)
      const functionId = await createFunction(storage)
      const running = await claimedJob(storage, functionId)
      const { id: queued } = await storage.jobs.add(newJob(functionId))
      for (const id of [queued, running.id]) {
        t.equal(await storage.jobs.cancel(id, T0 + 1), 'done')
        t.equal(await storage.jobs.cancel(id, T0 + 1), 'cancelled')
      }
      t.equal(await settle(storage, running, { status: 'waiting', dueAt: T0 }), false)
      t.same(await claim(storage), [])
      t.equal(await storage.jobs.nextDue(0), undefined)
      t.equal(await storage.jobs.cancel('missing', T0), 'missing')
    }
  )

  t.test('a job is deleted with its event, unless it runs', async t => {
    const storage = await open(t)
    const running = await claimedJob(storage, await createFunction(storage))
    t.equal(await storage.jobs.remove(running.id), 'running')
    await settle(storage, running, { status: 'succeeded' })
    t.equal(await storage.jobs.remove(running.id), 'done')
    t.equal(await storage.jobs.remove(running.id), 'missing')
    t.equal(await storage.jobs.findCall(running.id), undefined)
    t.same(await storage.jobs.counts(), [])
  })

  t.test('finished jobs expire, others do not', async t => {
    const storage = await open(t)
    const functionId = await createFunction(storage)
    const dead = await deadJob(storage, functionId)
    const { id: queued } = await storage.jobs.add(newJob(functionId))
    t.equal(await storage.jobs.expire(T0, 10), 0)
    // Ids are of this moment, and what is newer than its end cannot be.
    const before = Date.now() + 10_000
    t.equal(await storage.jobs.expire(before, 10), 1)
    t.equal(await statusOf(storage, dead), undefined)
    t.equal(await statusOf(storage, queued), 'queued')
  })

  t.test('a function that is removed takes its jobs along', async t => {
    const storage = await open(t)
    const [id, other] = [await createFunction(storage), await createFunction(storage)]
    const job = await claimedJob(storage, id)
    const { id: queued } = await storage.jobs.add(newJob(id))
    const { id: kept } = await storage.jobs.add(newJob(other))
    await storage.functions.remove(id)
    t.equal(await statusOf(storage, queued), undefined)
    t.equal(await settle(storage, job, { status: 'succeeded' }), false)
    t.same(
      (await storage.jobs.list(PAGE)).rows.map(row => row.id),
      [kept]
    )
    t.match(await storage.jobs.counts(), [{ functionId: other, status: 'queued', total: 1 }])
    t.match(await claim(storage), [{ id: kept }])
  })
}

function testJobLists(t: Test, open: OpenStorage): void {
  t.test('jobs are listed newest first, by status and function, with exact totals', async t => {
    const storage = await open(t)
    const [id, other] = [await createFunction(storage), await createFunction(storage)]
    const dead = [await deadJob(storage, id), await deadJob(storage, other)]
    const queued: string[] = []
    for (const functionId of [id, id, other]) {
      queued.push((await storage.jobs.add(newJob(functionId))).id)
    }
    const list = async (filter = {}, page = PAGE) => {
      const { rows, total } = await storage.jobs.list(page, filter)
      return { ids: rows.map(row => row.id), total }
    }
    t.same(await list(), { ids: [...dead, ...queued].reverse(), total: 5 })
    t.same(await list({ status: 'dead' }), { ids: [...dead].reverse(), total: 2 })
    t.same(await list({ functionId: id }), { ids: [queued[1], queued[0], dead[0]], total: 3 })
    t.same(await list({ functionId: other, status: 'dead' }), { ids: [dead[1]], total: 1 })
    t.same(await list({ functionId: 'missing' }), { ids: [], total: 0 })
    t.same(await list({ functionId: id }, { limit: 1, offset: 1 }), { ids: [queued[0]], total: 3 })
    t.same(await list({}, { limit: 2, offset: 9 }), { ids: [], total: 5 })
    t.match(
      (await storage.jobs.counts()).map(({ functionId, status, total }) => [
        functionId,
        status,
        total
      ]),
      [
        [id, 'queued', 2],
        [id, 'dead', 1],
        [other, 'queued', 1],
        [other, 'dead', 1]
      ]
    )
    t.same(
      (await storage.jobs.due()).map(({ functionId }) => functionId),
      [id, other]
    )
  })
}
