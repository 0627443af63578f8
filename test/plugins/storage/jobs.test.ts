/** What only this store of jobs has: a file that others may read or write too, and limits. */
import t, { type Test } from 'tap'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClaimedJob, JobLimits } from '../../../core/contracts/jobs.js'
import type { Storage } from '../../../core/contracts/storage.js'
import { NO_LIMITS } from '../../../plugins/storage/quotas/no-limits.js'
import { rotateSecrets } from '../../../plugins/storage/secrets/rotate-secrets.js'
import { openStorage } from '../../../plugins/storage/storage.js'
import { createFunction, ids, PAGE } from '../../contracts/storage-fixtures.js'
import { jobEvent, newJob } from '../../contracts/storage-jobs.js'
import { openAt, SECRET_KEY, temporaryFolder } from './open-storage.js'

const NOW = 1_700_000_000_000

const claim = ({ jobs }: Storage, owner: string, limit = 8): Promise<ClaimedJob[]> =>
  jobs.claim({
    owner,
    now: NOW,
    leaseUntil: NOW + 30_000,
    limit,
    nextExecutionId: () => ids.next()
  })

async function openWith(t: Test, jobs: JobLimits): Promise<Storage> {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const limits = { ...NO_LIMITS, jobs }
  const storage = await openStorage({ file, secretKey: SECRET_KEY, limits })
  t.teardown(() => storage.close())
  return storage
}

t.test(
  'two connections that claim from one file share the jobs, and none is run twice',
  async t => {
    const file = join(await temporaryFolder(t), 'moonlet.db')
    const first = await openAt(t, file)
    const second = await openAt(t, file)
    const functionIds = [await createFunction(first), await createFunction(first)]
    const added: string[] = []
    for (let i = 0; i < 60; i++) {
      added.push((await first.jobs.add(newJob(functionIds[i % 2] ?? ''))).id)
    }
    const ran: string[] = []
    const work = async (storage: Storage, owner: string) => {
      for (;;) {
        const jobs = await claim(storage, owner)
        if (jobs.length === 0) return
        for (const { id, attempts } of jobs) {
          ran.push(id)
          const end = { status: 'succeeded' } as const
          t.equal(await storage.jobs.settle({ id, owner, attempts, now: NOW, end }), true)
        }
      }
    }
    await Promise.all([work(first, 'a'), work(second, 'b'), work(first, 'a'), work(second, 'b')])
    // What one still held when the other found nothing.
    await work(first, 'a')
    t.same([...ran].sort(), added.sort())
    for (const storage of [first, second]) {
      t.equal((await storage.jobs.list(PAGE, { status: 'succeeded' })).total, 60)
      t.match(
        (await storage.jobs.counts()).map(({ status, total }) => [status, total]),
        [
          ['succeeded', 30],
          ['succeeded', 30]
        ]
      )
    }
  }
)

t.test('the event of a job is not in the file as text, and survives another key', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const storage = await openAt(t, file)
  const event = {
    ...jobEvent('body-of-the-job'),
    headers: { Authorization: 'Bearer header-of-the-job' }
  }
  const job = newJob(await createFunction(storage), { event, caller: { kind: 'anyone' } })
  await storage.jobs.add(job)
  await storage.close()
  const bytes = await readFile(file)
  for (const secret of ['body-of-the-job', 'header-of-the-job']) t.notOk(bytes.includes(secret))
  const newKey = Buffer.alloc(32, 9)
  rotateSecrets(file, SECRET_KEY, newKey)
  const opened = await openStorage({ file, secretKey: newKey })
  t.match((await opened.jobs.findCall(job.id))?.event.headers, event.headers)
  await opened.close()
  const withOldKey = await openAt(t, file)
  await t.rejects(withOldKey.jobs.findCall(job.id), {
    code: 'STORAGE_FAILED',
    message: /SECRET_KEY/
  })
  t.match(await claim(withOldKey, 'a'), [{ id: job.id, call: undefined }], 'and holds up no others')
})

t.test(
  'a function has so many jobs waiting at most; another one is refused, and none is lost',
  async t => {
    const storage = await openWith(t, { perFunction: 3, bytes: Infinity })
    const [id, other] = [await createFunction(storage), await createFunction(storage)]
    for (let i = 0; i < 3; i++) await storage.jobs.add(newJob(id))
    await t.rejects(storage.jobs.add(newJob(id)), {
      code: 'JOBS_FULL',
      statusCode: 503,
      headers: { 'Retry-After': /^\d+$/ }
    })
    await storage.jobs.add(newJob(other))
    t.equal((await storage.jobs.list(PAGE, { functionId: id })).total, 3)
    const [running] = await claim(storage, 'a', 2)
    t.ok(running)
    await storage.jobs.add(newJob(id))
  }
)

t.test('events that wait have so many bytes at most, one function half of them', async t => {
  const large = () => ({ event: jobEvent('x'.repeat(10_000)) })
  const storage = await openWith(t, { perFunction: Infinity, bytes: 45_000 })
  const [id, other, third] = [
    await createFunction(storage),
    await createFunction(storage),
    await createFunction(storage)
  ]
  for (const one of [id, id, other, other]) await storage.jobs.add(newJob(one, large()))
  for (const one of [id, third]) {
    await t.rejects(storage.jobs.add(newJob(one, large())), { code: 'JOBS_FULL' })
  }
  const [job] = await claim(storage, 'a', 1)
  t.ok(job)
  await t.rejects(
    storage.jobs.add(newJob(third, large())),
    { code: 'JOBS_FULL' },
    'one that runs counts'
  )
  const { id: jobId, attempts } = job ?? { id: '', attempts: 0 }
  const end = { status: 'succeeded' } as const
  await storage.jobs.settle({ id: jobId, owner: 'a', attempts, now: NOW, end })
  await storage.jobs.add(newJob(third, large()))
})

t.test(
  'finished jobs beyond their room are deleted, the oldest first, but none that is dead',
  async t => {
    const storage = await openWith(t, { perFunction: Infinity, bytes: 25_000 })
    const functionId = await createFunction(storage)
    const finished: string[] = []
    for (let i = 0; i < 6; i++) {
      await storage.jobs.add(newJob(functionId, { event: jobEvent('x'.repeat(5000)) }))
      const [job] = await claim(storage, 'a')
      if (job === undefined) throw new Error('nothing was claimed')
      const { id, attempts } = job
      finished.push(id)
      const end =
        i === 0
          ? ({ status: 'dead', reason: 'attempts' } as const)
          : ({ status: 'succeeded' } as const)
      await storage.jobs.settle({ id, owner: 'a', attempts, now: NOW, end })
    }
    t.ok((await storage.jobs.expire(0, 100)) > 0)
    const left = (await storage.jobs.list(PAGE)).rows.map(({ id }) => id)
    t.ok(left.includes(finished[0] ?? ''), 'the dead one')
    t.ok(left.includes(finished[5] ?? ''), 'the newest')
    t.notOk(left.includes(finished[1] ?? ''), 'the oldest')
    t.equal(await storage.jobs.expire(0, 100), 0)
  }
)
