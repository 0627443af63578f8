/** Attempts whose server died, with a real store. */
import t, { type Test } from 'tap'
import type { Fault } from '../../../core/contracts/records.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { recoverAttempts } from '../../../plugins/jobs/recover.js'
import { createFunction, ids, newExecution } from '../../contracts/storage-fixtures.js'
import { newJob } from '../../contracts/storage-jobs.js'
import { createFakeClock } from '../../helpers/fake-clock.js'
import { openNew } from '../storage/open-storage.js'

const START = 1_700_000_000_000
const DEAD = 'local/dead'
const closed: Fault = { kind: 'interrupted', message: 'the server ended' }

/** A job that a server claimed before it died. */
async function open(t: Test, retry = { max_attempts: 2 }) {
  const storage = await openNew(t)
  const functionId = await createFunction(storage)
  const policy = { first_delay_seconds: 10, factor: 1, max_delay_seconds: 10, jitter: 0, ...retry }
  await storage.functions.update(functionId, {
    patch: { frontDoor: { retry: policy } },
    code: undefined,
    now: 1
  })
  await storage.jobs.add(newJob(functionId))
  const [job] = await storage.jobs.claim({
    owner: DEAD,
    now: START,
    leaseUntil: START + 30_000,
    limit: 1,
    nextExecutionId: () => ids.next()
  })
  if (job === undefined) throw new Error('nothing was claimed')
  return { storage, functionId, job }
}

const recover = (
  storage: Storage,
  isDead = (owner: string): boolean => owner === DEAD
): Promise<number> =>
  recoverAttempts({
    jobs: storage.jobs,
    executions: storage.executions,
    functionCache: { get: id => storage.functions.find(id) },
    clock: createFakeClock(START),
    owner: 'local/new',
    isDead,
    eventLimit: 65_536
  })

t.test('an attempt that left no record gets one, and another attempt follows', async t => {
  const { storage, job } = await open(t)
  t.equal(await recover(storage), 1)
  t.match(await storage.executions.find(job.executionId), {
    status: 'error',
    jobId: job.id,
    attempt: 1,
    fault: { kind: 'interrupted' },
    trigger: 'job'
  })
  t.match(await storage.jobs.find(job.id), {
    status: 'waiting',
    attempt: 1,
    dueAt: START + 10_000,
    error: /^interrupted: /
  })
  t.equal(await recover(storage), 0)
})

t.test('an attempt whose record is there keeps it', async t => {
  const { storage, functionId, job } = await open(t)
  const execution = newExecution(functionId, { id: job.executionId, jobId: job.id, attempt: 1 })
  storage.executions.begin(execution)
  await storage.executions.find(job.executionId)
  await storage.executions.closeUnfinished(closed, 'closed')
  t.equal(await recover(storage), 1)
  t.match(await storage.executions.listAttempts(job.id, 9), [{ errorMessage: 'closed' }])
  t.match(await storage.jobs.find(job.id), { status: 'waiting' })
})

t.test('an interrupted attempt counts: the last one was the end', async t => {
  const { storage, job } = await open(t, { max_attempts: 1 })
  await recover(storage)
  t.match(await storage.jobs.find(job.id), { status: 'dead', reason: 'attempts' })
})

t.test('what an owner runs that is not known to be dead is left alone', async t => {
  const { storage, job } = await open(t)
  t.equal(await recover(storage, () => false), 0)
  t.match(await storage.jobs.find(job.id), { status: 'running' })
})

t.test('a job of a function that has no version any more is settled too', async t => {
  const storage = await openNew(t)
  const id = ids.next()
  const functionId = await createFunction(storage)
  const { fn } = (await storage.functions.find(functionId)) ?? {}
  if (fn === undefined) throw new Error('the function is not there')
  await storage.functions.restore({ ...fn, id }, [])
  await storage.jobs.add(newJob(id))
  const [job] = await storage.jobs.claim({
    owner: DEAD,
    now: START,
    leaseUntil: START,
    limit: 1,
    nextExecutionId: () => ids.next()
  })
  t.equal(await recover(storage), 1)
  t.match(await storage.jobs.find(job?.id ?? ''), { status: 'waiting' })
})
