import t, { type Test } from 'tap'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Database } from 'better-sqlite3'
import { Checkpoints } from '../../../../plugins/storage/db/checkpoints.js'
import { DatabaseSync } from '../../../../plugins/storage/db/database-sync.js'
import { CHECKPOINT_PAGES, openDatabase } from '../../../../plugins/storage/db/open.js'
import { ReadingThread } from '../../../../plugins/storage/db/reading-thread.js'
import { eventually } from '../../../helpers/eventually.js'
import { bytes, createFunction } from '../../../contracts/storage-fixtures.js'
import { openAt, temporaryFolder } from '../open-storage.js'

const limits = { move: 40, end: 200, rest: 20, max: 1_000_000 }
/** A value of this size takes a page of its own. */
const value = 'x'.repeat(3500)

async function openLog(t: Test) {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const db = openDatabase(file)
  t.teardown(() => db.close())
  db.exec('create table texts (id integer primary key, text text)')
  const insert = db.prepare('insert into texts (text) values (?)')
  const write = (checkpoints: Checkpoints): void => {
    insert.run(value)
    checkpoints.noteCommit()
  }
  return { file, db, write }
}

const readLog = (db: Database) => {
  const [state] = db.pragma('wal_checkpoint(noop)') as Array<{ log: number; checkpointed: number }>
  return state ?? { log: 0, checkpointed: 0 }
}

t.test('a thread moves the log while commits go on, and the log begins anew', async t => {
  const { db, file, write } = await openLog(t)
  const thread = new ReadingThread(file)
  let asked = 0
  const checkpoints = new Checkpoints(
    db,
    {
      read(sql, values) {
        asked++
        return thread.read(sql, values)
      },
      close: () => thread.close()
    },
    limits
  )
  t.teardown(() => checkpoints.close())
  let restarts = 0
  for (let before = 0; restarts < 2;) {
    write(checkpoints)
    const { log } = readLog(db)
    if (log < before) restarts++
    before = log
    await nextTurn()
  }
  t.ok(asked >= 2, 'the thread moved most of it')
  t.equal(db.prepare('pragma integrity_check').pluck().get(), 'ok')
})

t.test('the thread is asked once at a time, and not for a short log', async t => {
  const { db, write } = await openLog(t)
  const waiting: Array<() => void> = []
  const checkpoints = new Checkpoints(
    db,
    {
      read: () =>
        new Promise(resolve => {
          waiting.push(() => {
            resolve({ rows: [], tookMs: 0 })
          })
        }),
      close: async () => {}
    },
    limits
  )
  while (readLog(db).log < limits.move) {
    t.equal(waiting.length, 0)
    write(checkpoints)
  }
  for (let i = 0; i < 100; i++) write(checkpoints)
  t.equal(waiting.length, 1)
  const { log } = readLog(db)
  t.ok(log > 100, 'nobody else has moved it')
  t.equal(readLog(db).checkpointed, 0)
})

t.test('what the thread moved is on the disk before a commit moves the rest', async t => {
  const { db, write } = await openLog(t)
  const done: string[] = []
  const watched = {
    name: db.name,
    prepare: db.prepare.bind(db),
    pragma(source: string) {
      if (source.includes('passive')) done.push('rest')
      return db.pragma(source)
    }
  }
  const noting = (what: string) => async () => {
    await nextTurn()
    done.push(what)
    return { rows: [], tookMs: 0 }
  }
  const checkpoints = new Checkpoints(
    watched as unknown as Database,
    { read: noting('move'), close: async () => {} },
    limits,
    {
      async sync() {
        await noting('sync')()
      },
      close: async () => {}
    }
  )
  while (!done.includes('rest')) {
    write(checkpoints)
    await nextTurn()
  }
  const before = done.slice(0, done.indexOf('rest')).slice(-4)
  t.same(before, ['move', 'sync', 'move', 'sync'], 'what came meanwhile too, since it is much')
})

t.test('a sync keeps the locks of the database', async t => {
  const { db, file } = await openLog(t)
  const sync = new DatabaseSync(file)
  await sync.sync()
  const code = `new (require('better-sqlite3'))(process.argv[1]).pragma('journal_mode = delete')`
  const change = promisify(execFile)(process.execPath, ['-e', code, file])
  await t.rejects(change, /SQLITE_BUSY/, 'another process cannot have it for itself')
  db.close()
  await sync.close()
})

t.test('a sync that could not open the database opens it when that is possible', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const sync = new DatabaseSync(file)
  await t.rejects(sync.sync(), { code: 'ENOENT' })
  const db = openDatabase(file)
  await t.resolves(sync.sync())
  db.close()
  await sync.close()
})

t.test('where the disk refuses, commits do all of it', async t => {
  const { db, write } = await openLog(t)
  const checkpoints = new Checkpoints(
    db,
    { read: async () => ({ rows: [], tookMs: 0 }), close: async () => {} },
    limits,
    {
      sync: async () => {
        throw new Error('EIO')
      },
      close: async () => {}
    }
  )
  const read = () => {
    write(checkpoints)
    return db.pragma('wal_autocheckpoint', { simple: true })
  }
  await eventually(t, read, CHECKPOINT_PAGES)
})

t.test('where the thread fails, commits do all of it, until it does not', async t => {
  const { db, write } = await openLog(t)
  let isBroken = true
  const checkpoints = new Checkpoints(
    db,
    {
      read: async () => {
        if (isBroken) throw new Error('there is no thread')
        return { rows: [], tookMs: 0 }
      },
      close: async () => {}
    },
    limits
  )
  const automatic = () => db.pragma('wal_autocheckpoint', { simple: true })
  t.equal(automatic(), limits.max)
  const writeUntil = (pages: number): Promise<void> =>
    eventually(
      t,
      () => {
        write(checkpoints)
        return automatic()
      },
      pages
    )
  await writeUntil(CHECKPOINT_PAGES)
  isBroken = false
  await writeUntil(limits.max)
})

t.test('commits of a storage leave a log to the thread that they moved before', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const storage = await openAt(t, file)
  const functionId = await createFunction(storage)
  const other = openDatabase(file)
  t.teardown(() => other.close())
  const set = (key: string, value: string) => storage.kv.set(functionId, bytes(key), bytes(value))
  // Fewer commits than lie between two looks at the log.
  for (let i = 0; i < 10; i++) await set(`large ${i}`, 'x'.repeat(2_000_000))
  const { log, checkpointed } = readLog(other)
  t.ok(log > CHECKPOINT_PAGES)
  t.equal(checkpointed, 0)
  await eventually(
    t,
    async () => {
      await set('small', '1')
      const { log, checkpointed } = readLog(other)
      return log - checkpointed < CHECKPOINT_PAGES
    },
    true
  )
})
