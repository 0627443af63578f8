import Database from 'better-sqlite3'
import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import { Batch } from '../../../../plugins/storage/db/batch.js'
import { LongRead } from '../../../../plugins/storage/db/long-read.js'

/** Longer than any slice should take. */
const WAIT_MS = 200
const SIZE = 100

/** The size of the slice behind one that took `tookMs` of the thread, and waited for its answer. */
async function sizeBehind(tookMs: number): Promise<number> {
  const db = new Database(':memory:')
  const thread = {
    read: async () => {
      await sleep(WAIT_MS)
      return { rows: [], tookMs }
    }
  }
  const read = new LongRead({ batch: new Batch(db), thread })
  await read.leave()
  const nextSize = read.measure()
  await read.all(db.prepare<[object], number>('select 1 where :x'), {})
  db.close()
  return nextSize(SIZE)
}

t.test('slices in the thread become smaller by waiting, but always have some work', async t => {
  t.ok((await sizeBehind(20)) < SIZE, 'others wait for the thread too')
  t.equal(await sizeBehind(1), SIZE, 'its answer waits for a busy event loop')
  t.equal(await sizeBehind(0.5), SIZE * 2)
  t.equal(await sizeBehind(0), SIZE * 4)
})
