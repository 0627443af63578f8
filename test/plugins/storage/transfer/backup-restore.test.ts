import Database from 'better-sqlite3'
import { execFile } from 'node:child_process'
import { open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { createOfflineStorage } from '../../../../plugins/storage/offline.js'
import { lockDataFolder } from '../../../../plugins/storage/db/data-lock.js'
import { openStorage } from '../../../../plugins/storage/storage.js'
import { SECRET_KEY, temporaryFolder } from '../open-storage.js'

const ID = 'd4l1ikp2rpqc73a0b1c0'
const options = { force: false, onProgress() {} }
const run = promisify(execFile)

/** A data folder with one function in it, and what works on it without a server. */
async function dataFolder(t: Test) {
  const folder = await temporaryFolder(t)
  const offline = createOfflineStorage({ DATA_DIR: folder, SECRET_KEY })
  const rename = async (name: string) => {
    const { storage, close } = await offline.open({ alone: true })
    if ((await storage.functions.find(ID)) === undefined) {
      await storage.functions.create({ id: ID, name, description: undefined, code: '--', now: 1 })
    } else await storage.functions.update(ID, { patch: { name }, code: undefined, now: 2 })
    await close()
  }
  const name = async () => {
    const { storage, close } = await offline.open({ alone: true })
    const found = await storage.functions.find(ID)
    await close()
    return found?.fn.name
  }
  await rename('first')
  return { folder, offline, rename, name, file: (name: string) => join(folder, name) }
}

t.test('a backup holds what was there, in one sound file', async t => {
  const { offline, file, folder } = await dataFolder(t)
  await offline.backup(file('backup.db'), options)
  t.same(
    (await readdir(folder)).filter(name => name.startsWith('backup')),
    ['backup.db'],
    'and nothing beside it'
  )
  const db = new Database(file('backup.db'), { readonly: true })
  t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
  t.equal(db.prepare('select name from functions').pluck().get(), 'first')
  db.close()
})

t.test(
  'a backup of a database that is written to all the time is consistent and comes to an end',
  async t => {
    const { file, folder, offline } = await dataFolder(t)
    const lock = lockDataFolder(folder)
    const storage = await openStorage({ file: file('moonlet.db'), secretKey: SECRET_KEY })
    const writing = { goesOn: true, acknowledged: 0 }
    const writer = (async () => {
      while (writing.goesOn) {
        await storage.kv.increment(ID, Buffer.from('n'), 1)
        writing.acknowledged++
        await storage.kv.set(ID, Buffer.from(`k${writing.acknowledged}`), Buffer.alloc(2000))
      }
    })()
    while (writing.acknowledged < 300) {
      await storage.kv.get(ID, Buffer.from('n'))
      await new Promise(resolve => {
        setImmediate(resolve)
      })
    }
    const before = writing.acknowledged
    await offline.backup(file('backup.db'), options)
    writing.goesOn = false
    await writer
    await storage.close()
    lock.release()
    t.ok(writing.acknowledged > before, 'it was written to meanwhile')
    const db = new Database(file('backup.db'), { readonly: true })
    const n = Number(String(db.prepare("select value from kv where key = x'6e'").pluck().get()))
    t.ok(n >= before, `everything acknowledged before is in it (${n} of ${before})`)
    t.ok(
      [n, n - 1].includes(
        Number(db.prepare("select count(*) from kv where key <> x'6e'").pluck().get())
      ),
      'and it is one moment'
    )
    db.close()
  }
)

t.test('a backup does not replace a file unless forced', async t => {
  const { offline, file } = await dataFolder(t)
  await writeFile(file('backup.db'), 'precious')
  await t.rejects(offline.backup(file('backup.db'), options), {
    message: /exists already.*--force/
  })
  t.equal(await readFile(file('backup.db'), 'utf8'), 'precious')
  await offline.backup(file('backup.db'), { ...options, force: true })
  t.ok((await stat(file('backup.db'))).size > 1000)
})

t.test('a backup over the database itself, or of none, is refused', async t => {
  const { offline, file, name } = await dataFolder(t)
  await t.rejects(offline.backup(file('moonlet.db'), { ...options, force: true }), {
    message: /is the database itself/
  })
  t.equal(await name(), 'first')
  const empty = createOfflineStorage({ DATA_DIR: await temporaryFolder(t), SECRET_KEY })
  await t.rejects(empty.backup(file('backup.db'), options), {
    code: 'NOT_FOUND',
    message: /There is no database at .*DATA_DIR/
  })
})

t.test('restoring brings the backup back and keeps what was there', async t => {
  const { offline, file, rename, name } = await dataFolder(t)
  await offline.backup(file('backup.db'), options)
  await rename('second')
  const kept = await offline.restore(file('backup.db'), () => {})
  t.equal(await name(), 'first')
  t.match(kept, /moonlet\.db\.before-restore-\d{8}T\d{6}Z$/)
  const db = new Database(kept as string, { readonly: true })
  t.equal(db.prepare('select name from functions').pluck().get(), 'second')
  db.close()
  t.equal((await stat(file('backup.db'))).isFile(), true, 'the backup stays')
})

t.test('restoring into an empty folder works', async t => {
  const { offline, file } = await dataFolder(t)
  await offline.backup(file('backup.db'), options)
  const other = createOfflineStorage({
    DATA_DIR: join(await temporaryFolder(t), 'new'),
    SECRET_KEY
  })
  t.equal(await other.restore(file('backup.db'), () => {}), undefined)
  const { storage, close } = await other.open({ alone: true })
  t.equal((await storage.functions.find(ID))?.fn.name, 'first')
  await close()
})

t.test('restoring is refused while a server runs on the folder', async t => {
  const { offline, file, folder, name } = await dataFolder(t)
  await offline.backup(file('backup.db'), options)
  const lock = lockDataFolder(folder)
  await t.rejects(
    offline.restore(file('backup.db'), () => {}),
    { code: 'DATA_IN_USE' }
  )
  lock.release()
  t.equal(await name(), 'first')
})

t.test('a damaged or foreign file is refused and nothing changes', async t => {
  const { offline, file, folder, name } = await dataFolder(t)
  await offline.backup(file('backup.db'), options)
  await truncate(file('backup.db'), 20_000)
  await writeFile(
    file('text.db'),
    'no database at all, but long enough to look like one'.repeat(100)
  )
  const foreign = new Database(file('foreign.db'))
  foreign.exec('create table t (a)')
  foreign.close()
  for (const [name, complaint] of [
    ['backup.db', /is no sound Moonlet database|damaged/],
    ['text.db', /is no sound Moonlet database/],
    ['foreign.db', /database of another program/],
    ['absent.db', /There is no file/]
  ] as const) {
    await t.rejects(
      offline.restore(file(name), () => {}),
      { message: complaint },
      name
    )
  }
  t.equal(await name(), 'first')
  t.same(
    (await readdir(folder)).filter(name => /restor/.test(name)),
    [],
    'and nothing is left behind'
  )
})

t.test('a damaged database is told as such, and no backup of it is left', async t => {
  const { offline, file, folder } = await dataFolder(t)
  const db = new Database(file('moonlet.db'))
  const page = db
    .prepare<[], number>("select rootpage from sqlite_schema where name = 'executions_by_function'")
    .pluck()
    .get()
  const size = Number(db.pragma('page_size', { simple: true }))
  db.close()
  const handle = await open(file('moonlet.db'), 'r+')
  await handle.write(Buffer.alloc(size, 0xa5), 0, size, ((page ?? 0) - 1) * size)
  await handle.close()
  await t.rejects(offline.backup(file('backup.db'), options), {
    code: 'STORAGE_FAILED',
    message: /^The database \S+moonlet\.db is damaged, and no backup of it was made\..+\)\.$/
  })
  t.same(
    (await readdir(folder)).filter(name => name.startsWith('backup')),
    []
  )
})

t.test('the lock goes with its process, however that ends', async t => {
  const folder = await temporaryFolder(t)
  const code = `import(${JSON.stringify(new URL('../../../../plugins/storage/db/data-lock.js', import.meta.url).href)}).then(({ lockDataFolder }) => { lockDataFolder(${JSON.stringify(folder)}); process.kill(process.pid, 'SIGKILL') })`
  const ended = await run(process.execPath, ['-e', code]).catch(
    (error: { signal: string }) => error
  )
  t.match(ended, { signal: 'SIGKILL' })
  const lock = lockDataFolder(folder)
  t.throws(() => lockDataFolder(folder), {
    code: 'DATA_IN_USE',
    message: /Another Moonlet uses the data folder/
  })
  lock.release()
  lockDataFolder(folder).release()
})
