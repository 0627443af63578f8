import t from 'tap'
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Test } from 'tap'
import { Batch } from '../../../../plugins/storage/db/batch.js'
import { openDatabase, limitBusyWait } from '../../../../plugins/storage/db/open.js'
import { temporaryFolder } from '../open-storage.js'

async function setUp(t: Test, lockPatienceMs?: number) {
  const file = join(await temporaryFolder(t), 'batch.db')
  const db = openDatabase(file)
  limitBusyWait(db)
  const other = new Database(file, { timeout: 0 })
  t.teardown(() => {
    other.close()
    db.close()
  })
  db.exec('create table numbers (n integer primary key) strict')
  const insert = db.prepare('insert into numbers values (?)')
  const add = (n: unknown) => () => {
    insert.run(n)
  }
  const durable = () => other.prepare('select n from numbers order by n').pluck().all()
  return {
    db,
    other,
    add,
    durable,
    batch: new Batch(db, lockPatienceMs === undefined ? {} : { lockPatienceMs })
  }
}

t.test(
  'writes of one tick share a transaction and are promised only when it is committed',
  async t => {
    const { db, batch, add, durable } = await setUp(t)
    const settled: number[] = []
    const writes = [1, 2].map(n => batch.write(add(n)).then(() => settled.push(n)))
    t.equal(db.inTransaction, true)
    t.same(db.prepare('select n from numbers').pluck().all(), [1, 2], 'carried out at once')
    for (let i = 0; i < 10; i++) await Promise.resolve()
    t.same([settled, durable()], [[], []], 'nothing is promised before the commit')
    await Promise.all(writes)
    t.same(
      [settled, durable()],
      [
        [1, 2],
        [1, 2]
      ]
    )
    t.equal(db.inTransaction, false)
  }
)

t.test(
  'writes of turns that follow each other share a transaction, up to twelve turns',
  async t => {
    const { batch, add, durable } = await setUp(t)
    const joined = [batch.write(add(1))]
    await nextTurn()
    joined.push(batch.write(add(2)))
    await nextTurn()
    await nextTurn()
    joined.push(batch.write(add(3)))
    t.same(durable(), [], 'also with two turns between them that write nothing')
    await Promise.all(joined)
    t.same(durable(), [1, 2, 3])
    let durableAfter = 100
    void batch.write(add(10)).then(() => {
      durableAfter = turn
    })
    let turn = 0
    for (; turn < 20; turn++) {
      await nextTurn()
      void batch.write(add(11 + turn))
    }
    t.ok(durableAfter <= 13, `durable after ${durableAfter} turns although each one wrote`)
    await batch.flush()
  }
)

t.test('a write that follows in a later tick has a transaction of its own', async t => {
  const { batch, add, durable } = await setUp(t)
  await batch.write(add(1))
  await nextTurn()
  const second = batch.write(add(2))
  t.same(durable(), [1])
  await second
  t.same(durable(), [1, 2])
})

t.test('one failing write rejects alone', async t => {
  const { batch, add, durable } = await setUp(t)
  const [first, failed, last] = await Promise.allSettled([
    batch.write(add(1)),
    batch.write(add(1)),
    batch.write(add(2))
  ])
  t.match([first, last], [{ status: 'fulfilled' }, { status: 'fulfilled' }])
  t.match(failed, { status: 'rejected', reason: { code: 'STORAGE_FAILED', message: /UNIQUE/ } })
  t.same(durable(), [1, 2])
})

t.test('a write of several statements is undone as a whole', async t => {
  const { batch, add, durable } = await setUp(t)
  const failing = batch.transaction(() => {
    add(5)()
    add(6)()
    throw new Error('no')
  })
  const [good, bad] = await Promise.allSettled([
    batch.transaction(() => {
      add(1)()
      add(2)()
      return 'both'
    }),
    failing
  ])
  t.match(good, { status: 'fulfilled', value: 'both' })
  t.match(bad, { status: 'rejected', reason: { code: 'STORAGE_FAILED', message: /no/ } })
  t.same(durable(), [1, 2])
})

t.test(
  'a batch that cannot be committed rejects whole, tells the hooks, and the next one works',
  async t => {
    const { db, batch, add, durable } = await setUp(t)
    const seen: boolean[] = []
    let broken = true
    batch.onCommit({
      before() {
        if (broken) throw new Error('disk on fire')
      },
      after: durable => {
        seen.push(durable)
      }
    })
    const results = await Promise.allSettled([batch.write(add(1)), batch.write(add(2))])
    for (const result of results) {
      t.match(result, {
        status: 'rejected',
        reason: { code: 'STORAGE_FAILED', message: /disk on fire/ }
      })
    }
    t.equal(db.inTransaction, false)
    broken = false
    await batch.write(add(3))
    t.same(durable(), [3])
    t.same(seen, [false, true])
  }
)

t.test('when the database itself rolls back, every write of the batch rejects', async t => {
  const { db, batch, add, durable } = await setUp(t)
  const first = batch.write(add(1))
  const rolledBack = batch.write(() => {
    db.exec('insert or rollback into numbers values (1)')
  })
  const after = batch.write(add(2))
  t.match(await Promise.allSettled([first, rolledBack, after]), [
    { status: 'rejected' },
    { status: 'rejected' },
    { status: 'fulfilled' }
  ])
  t.same(durable(), [2])
})

t.test('a write that promises nothing may fail without harm', async t => {
  const { batch, add } = await setUp(t)
  let broken = true
  batch.onCommit({
    before() {
      if (broken) throw new Error('no')
    },
    after() {
      broken = false
    }
  })
  void batch.write(add(1))
  await batch.flush().catch(() => {})
  await t.resolves(batch.write(add(1)))
})

t.test('a very large batch is committed before its tick ends', async t => {
  const { batch, add, durable } = await setUp(t)
  const writes = Array.from({ length: 2500 }, (_, n) => batch.write(add(n)))
  t.equal(durable().length, 2000)
  await Promise.all(writes)
  t.equal(durable().length, 2500)
})

t.test('while another process writes, calls wait in order and the server goes on', async t => {
  const { batch, add, other, db } = await setUp(t)
  other.exec('begin immediate')
  const order: string[] = []
  const calls = [
    batch.write(add(1)).then(() => order.push('write')),
    batch
      .read(() => db.prepare('select count(*) from numbers').pluck().get())
      .then(count => order.push(`read ${count}`))
  ]
  for (let turn = 0; turn < 20; turn++) await nextTurn()
  t.same(order, [], 'both wait')
  other.exec('commit')
  await Promise.all(calls)
  t.same([...order].sort(), ['read 1', 'write'])
})

t.test(
  'a call that has waited too long for another process is refused with the reason',
  async t => {
    const { batch, add, other, durable } = await setUp(t, 100)
    other.exec('begin immediate')
    await t.rejects(batch.write(add(1)), {
      code: 'STORAGE_FAILED',
      message: /locked by another process for 0.1 s/
    })
    other.exec('rollback')
    await batch.write(add(2))
    t.same(durable(), [2])
  }
)

t.test('flush makes durable what was called before it', async t => {
  const { batch, add, durable } = await setUp(t)
  void batch.write(add(1))
  await batch.flush()
  t.same(durable(), [1])
  await batch.flush()
})

t.test('after close every call is refused, and what was open is committed', async t => {
  const { batch, add, durable } = await setUp(t)
  const last = batch.write(add(1))
  await batch.close()
  await last
  await t.rejects(batch.write(add(2)), { code: 'STORAGE_FAILED', message: /closed/ })
  await t.rejects(
    batch.read(() => 1),
    { code: 'STORAGE_FAILED', message: /closed/ }
  )
  await batch.close()
  t.same(durable(), [1])
})

t.test(
  'a hook that throws after the commit reports nothing durable as lost, and keeps no other hook from hearing of it',
  async t => {
    const thrown: unknown[] = []
    const file = join(await temporaryFolder(t), 'batch.db')
    const db = openDatabase(file)
    t.teardown(() => db.close())
    db.exec('create table numbers (n integer primary key) strict')
    const batch = new Batch(db, {
      onHookError: error => {
        thrown.push(error)
      }
    })
    const heard: Array<[string, boolean]> = []
    batch.onCommit({
      before() {},
      after(durable) {
        heard.push(['first', durable])
      }
    })
    batch.onCommit({
      before() {},
      after(durable) {
        heard.push(['throwing', durable])
        throw new Error('of the hook')
      }
    })
    await t.resolves(
      batch.write(() => {
        db.prepare('insert into numbers values (7)').run()
      })
    )
    t.same(heard, [
      ['throwing', true],
      ['first', true]
    ])
    t.match(thrown, [{ message: 'of the hook' }])
    t.same(db.prepare('select n from numbers').pluck().all(), [7])
  }
)
