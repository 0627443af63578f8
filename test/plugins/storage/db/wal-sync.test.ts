import t from 'tap'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WalSync } from '../../../../plugins/storage/db/wal-sync.js'
import { openStorage } from '../../../../plugins/storage/storage.js'
import { createFunction } from '../../../contracts/storage-fixtures.js'
import { newJob } from '../../../contracts/storage-jobs.js'
import { SECRET_KEY, temporaryFolder } from '../open-storage.js'

t.test('a job that is added waits for the disk, and calls share the waits', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const storage = await openStorage({ file, secretKey: SECRET_KEY, syncsJobs: true })
  t.teardown(() => storage.close())
  const functionId = await createFunction(storage)
  const job = newJob(functionId)
  await storage.jobs.add(job)
  t.ok(
    (await readFile(`${file}-wal`)).includes(job.id),
    'it is in the log that was brought to the disk'
  )
  await Promise.all(Array.from({ length: 50 }, () => storage.jobs.add(newJob(functionId))))
  t.equal((await storage.jobs.list({ limit: 1, offset: 0 })).total, 51)
})

t.test(
  'a log that cannot be brought to the disk is an error, and the next call tries again',
  async t => {
    const folder = await temporaryFolder(t)
    const sync = new WalSync(join(folder, 'missing.db'))
    t.teardown(() => sync.close())
    const calls = await Promise.allSettled([sync.sync(), sync.sync(), sync.sync()])
    for (const call of calls) {
      t.match(call, { status: 'rejected', reason: { code: 'STORAGE_FAILED' } })
    }
    await t.rejects(sync.sync(), { code: 'STORAGE_FAILED' })
  }
)
