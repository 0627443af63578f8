import t from 'tap'
import { execa } from 'execa'
import { fileURLToPath } from 'node:url'
import {
  bytes,
  createFunction,
  finished,
  log,
  newExecution,
  PAGE,
  randomText,
  run
} from '../../contracts/storage-fixtures.js'
import { eventually } from '../../helpers/eventually.js'
import { openParts, totalsOf } from './open-parts.js'
import { temporaryFolder } from './open-storage.js'

t.test(
  'a full database refuses writes with the reason, keeps what it has, and works again with space',
  async t => {
    const { db, storage } = await openParts(t)
    const id = await createFunction(storage)
    const early = newExecution(id)
    storage.executions.begin(early)
    storage.executions.appendLogs(early.id, [log('early')])
    await storage.probe()
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 50}`)
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, async () => run(storage, id, { eventJson: randomText(50_000) }))
    )
    const refused = results.filter(result => result.status === 'rejected')
    t.ok(refused.length > 0, `${refused.length} refused`)
    for (const { reason } of refused) {
      t.match(reason, { code: 'STORAGE_FAILED', message: /disk is full/ })
    }
    t.equal((await storage.executions.find(early.id))?.status, 'pending', 'still readable')
    db.pragma('max_page_count = 1000000')
    await storage.kv.set(id, bytes('k'), bytes('v'))
    await storage.executions.finish(finished(early))
    t.same((await storage.executions.logs(early.id, PAGE)).rows, [log('early')])
    const { kept, counted } = totalsOf(db)
    t.same(kept, counted)
    for (const [i, result] of results.entries()) {
      if (
        result.status === 'fulfilled' &&
        (await storage.executions.find(result.value)) === undefined
      ) {
        t.fail(`acknowledged but missing: ${i}`)
      }
    }
  }
)

t.test('what a failed batch took back is written again when the run ends', async t => {
  const { db, storage } = await openParts(t)
  const id = await createFunction(storage)
  const execution = newExecution(id)
  storage.executions.begin(execution)
  storage.executions.appendLogs(execution.id, [log('first')])
  await storage.probe()
  storage.executions.appendLogs(execution.id, [log('taken back')])
  db.exec('rollback')
  await t.rejects(
    storage.kv.set(id, bytes('k'), bytes('v')).then(() => storage.probe()),
    { code: 'STORAGE_FAILED' }
  )
  await storage.executions.finish(finished(execution, { logs: [log('last')] }))
  t.same(
    (await storage.executions.logs(execution.id, PAGE)).rows.map(({ message }) => message),
    ['first', 'taken back', 'last']
  )
})

t.test('an execution whose write was taken back fails, and its record says so', async t => {
  const { db, storage } = await openParts(t)
  const id = await createFunction(storage)
  const [lost, kept] = [newExecution(id), newExecution(id)]
  for (const execution of [lost, kept]) storage.executions.begin(execution)
  await storage.kv.set(id, bytes('text'), bytes('x'))
  storage.kv.forExecution.set(lost.id, id, bytes('k'), bytes('v'))
  db.exec('rollback')
  t.throws(
    () => storage.kv.forExecution.increment('another', id, bytes('text'), 1),
    { code: 'KV_NOT_A_NUMBER' },
    'a write fails and the transaction is gone'
  )
  storage.kv.forExecution.set(kept.id, id, bytes('other'), bytes('v'))
  await storage.executions.finish(finished(kept))
  await t.rejects(storage.executions.finish(finished(lost)), {
    code: 'WRITES_LOST',
    message: 'The database could not keep what this execution stored.'
  })
  t.match(await storage.executions.find(lost.id), {
    status: 'error',
    errorMessage: /could not keep/
  })
  t.match(await storage.executions.find(kept.id), { status: 'success' })
  t.equal(await storage.kv.get(id, bytes('k')), undefined)
  t.same(await storage.kv.get(id, bytes('other')), bytes('v'))
})

t.test(
  'an execution whose end finds the database full does not stay pending: it ends as soon as there is room',
  async t => {
    const { db, storage } = await openParts(t)
    const id = await createFunction(storage)
    const execution = newExecution(id)
    storage.executions.begin(execution)
    storage.executions.appendLogs(execution.id, [log('early')])
    await storage.probe()
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`)
    const logs = [log('x'.repeat(100_000))]
    await t.rejects(storage.executions.finish(finished(execution, { logs })), {
      code: 'STORAGE_FAILED'
    })
    t.equal((await storage.executions.find(execution.id))?.status, 'pending')
    db.pragma('max_page_count = 1000000')
    await eventually(t, async () => (await storage.executions.find(execution.id))?.status, 'error')
    t.match(await storage.executions.find(execution.id), { errorMessage: /could not keep/ })
    // Readers see the end before its batch is committed, and with it the totals.
    await storage.probe()
    const { kept, counted } = totalsOf(db)
    t.same(kept, counted)
  }
)

const prlimit = await execa('prlimit', ['--version'], { reject: false })
t.test(
  'a commit that the disk refuses rejects, and later ones succeed',
  { skip: prlimit.exitCode === 0 ? false : 'prlimit is not installed' },
  async t => {
    const folder = await temporaryFolder(t)
    const program = fileURLToPath(
      new URL('../../fixtures/storage/limited-file.js', import.meta.url)
    )
    const { stdout } = await execa(process.execPath, [program, folder], { timeout: 600_000 })
    const report = JSON.parse(stdout) as {
      refused: { code: string; message: string }[]
      acknowledged: number
      missing: number
      after: boolean
    }
    t.ok(report.refused.length > 0)
    for (const error of report.refused) t.match(error, { code: 'STORAGE_FAILED', message: /disk/i })
    t.match(report, { missing: 0, after: true })
    t.ok(report.acknowledged > 0)
  }
)
