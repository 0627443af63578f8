import t, { type Test } from 'tap'
import { readdir, readFile } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../../plugins/storage/db/open.js'
import { ReadingThread } from '../../../../plugins/storage/db/reading-thread.js'
import { eventually } from '../../../helpers/eventually.js'
import { temporaryFolder } from '../open-storage.js'

const LOW_PRIORITY = 10

async function openThread(t: Test, idleMs?: number) {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const db = openDatabase(file)
  db.exec("create table texts (text text); insert into texts values ('Straße'), ('street')")
  const thread = new ReadingThread(file, idleMs === undefined ? {} : { idleMs })
  t.teardown(async () => {
    await thread.close()
    db.close()
  })
  return { db, thread }
}

const readAll = async (thread: ReadingThread, sql: string, values = {}) =>
  (await thread.read(sql, values)).rows

const countThreads = async (): Promise<number> => (await readdir('/proc/self/task')).length

/** How many threads of this process have the low priority. */
async function countLowThreads(): Promise<number> {
  let count = 0
  for (const task of await readdir('/proc/self/task')) {
    const stat = await readFile(`/proc/self/task/${task}/stat`, 'utf8').catch(() => '')
    // The nineteenth field; the second may have spaces and ends with a parenthesis.
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]) === LOW_PRIORITY) count++
  }
  return count
}

t.test('the thread reads what is committed, with the functions on texts', async t => {
  const { db, thread } = await openThread(t)
  const find = (part: string) =>
    readAll(thread, 'select text from texts where contains_text(text, :part)', { part })
  t.same(await Promise.all([find('straße'), find('st'), find('none')]), [
    ['Straße'],
    ['Straße', 'street'],
    []
  ])
  db.exec("insert into texts values ('STREETS')")
  t.same(await find('streets'), ['STREETS'])
  if (getPriority() >= LOW_PRIORITY) t.comment('all threads have a low priority here')
  else t.equal(await countLowThreads(), 1, 'it takes what others leave of the processors')
})

t.test('a statement that fails, or writes, rejects alone', async t => {
  const { db, thread } = await openThread(t)
  const results = await Promise.allSettled([
    readAll(thread, 'select text from nowhere'),
    readAll(thread, "insert into texts values ('x') returning 1"),
    readAll(thread, 'select count(*) from texts')
  ])
  t.match(results, [
    { reason: { code: 'STORAGE_FAILED', message: /no such table: nowhere/ } },
    { reason: { code: 'STORAGE_FAILED', message: /readonly/ } },
    { value: [2] }
  ])
  t.equal(db.prepare('select count(*) from texts').pluck().get(), 2)
})

t.test('an idle thread ends, and the next read starts one', async t => {
  const { thread } = await openThread(t, 1)
  const before = await countThreads()
  for (let i = 0; i < 2; i++) {
    t.same(await readAll(thread, 'select count(*) from texts'), [2])
    await eventually(t, countThreads, before, 'the thread has ended')
  }
})

t.test(
  'what is asked of a thread that fails rejects, and the next one is asked the rest',
  async t => {
    const folder = await temporaryFolder(t)
    const file = join(folder, 'moonlet.db')
    const thread = new ReadingThread(file)
    t.teardown(() => thread.close())
    const asked = await Promise.allSettled([
      readAll(thread, 'select 1'),
      readAll(thread, 'select 2')
    ])
    const failed = { code: 'STORAGE_FAILED', message: /thread that reads.*unable to open database/ }
    t.match(asked, [{ reason: failed }, { reason: failed }])
    openDatabase(file).close()
    t.same(await readAll(thread, 'select 3'), [3])
  }
)

t.test('closing answers what was asked before, and refuses the rest', async t => {
  const { thread } = await openThread(t)
  const before = await countThreads()
  const asked = readAll(thread, 'select count(*) from texts')
  const closed = thread.close()
  t.same(await asked, [2])
  await closed
  await t.rejects(readAll(thread, 'select 1'), { message: /the server is stopping/ })
  t.equal(await countThreads(), before)
})
