import t from 'tap'
import Database from 'better-sqlite3'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Test } from 'tap'
import { createIdSource } from '../../../../core/base/ids.js'
import { applyMigrations, findMigrations } from '../../../../plugins/storage/db/migrations.js'
import { openStorage } from '../../../../plugins/storage/storage.js'
import { openAt, SECRET_KEY, temporaryFolder } from '../open-storage.js'

async function setUp(t: Test, files: Record<string, string>) {
  const folder = await temporaryFolder(t)
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql)
  const db = new Database(join(folder, 'test.db'))
  t.teardown(() => db.close())
  return {
    db,
    folder,
    apply: async (namespace = 'moonlet') =>
      applyMigrations(db, { namespace, files: await findMigrations(folder) })
  }
}

const schemaOf = (db: Database.Database) =>
  db.prepare('select sql from sqlite_schema order by name').pluck().all()

t.test('migrations are numbered without a gap, each number once', async t => {
  for (const folder of ['migrations', 'migrations/postgres']) {
    const numbers = (await findMigrations(folder)).map(file => Number(basename(file).slice(0, 4)))
    t.same(
      numbers,
      numbers.map((_, index) => index + 1),
      folder
    )
  }
})

t.test('files are applied in order, once', async t => {
  const { apply, db } = await setUp(t, {
    '0002-b.sql': 'insert into a values (2)',
    '0001-a.sql': 'create table a (n integer); insert into a values (1)',
    'notes.txt': 'no sql'
  })
  t.same(await apply(), ['0001-a.sql', '0002-b.sql'])
  t.same(await apply(), [])
  t.same(db.prepare('select n from a').pluck().all(), [1, 2])
})

t.test(
  'a failing file leaves the database as it was before it and names itself and the cause',
  async t => {
    const { apply, db, folder } = await setUp(t, {
      '0001-a.sql': 'create table a (n integer)',
      '0002-b.sql':
        'create table b (n integer); insert into a values (7); insert into nowhere values (1)',
      '0003-c.sql': 'create table c (n integer)'
    })
    await t.rejects(apply(), {
      code: 'MIGRATION_FAILED',
      message: /0002-b\.sql failed: no such table: nowhere/
    })
    const before = schemaOf(db)
    t.notMatch(JSON.stringify(before), /create table [bc]/)
    t.equal(db.prepare('select count(*) from a').pluck().get(), 0)
    t.equal(db.inTransaction, false)
    await writeFile(join(folder, '0002-b.sql'), 'create table b (n integer)')
    t.same(await apply(), ['0002-b.sql', '0003-c.sql'], 'a corrected file goes on from there')
  }
)

t.test('a file that ends its own transaction is refused', async t => {
  const { apply } = await setUp(t, { '0001-a.sql': 'create table a (n integer); commit;' })
  await t.rejects(apply(), { code: 'MIGRATION_FAILED', message: /Remove its COMMIT/ })
})

t.test('a file that leaves broken references is refused', async t => {
  const { apply, db } = await setUp(t, {
    '0001-a.sql':
      'create table a (n integer primary key); create table b (a integer references a (n)); insert into b values (9)'
  })
  await t.rejects(apply(), {
    code: 'MIGRATION_FAILED',
    message: /row of b that refers to a missing one/
  })
  t.notMatch(JSON.stringify(schemaOf(db)), /create table a/)
  t.equal(db.pragma('foreign_keys', { simple: true }), 1)
})

t.test('migrations are numbered from 1 on, without gap or repetition', async t => {
  const files = await findMigrations('migrations')
  t.same(
    files.map(file => Number.parseInt(basename(file), 10)),
    files.map((_, index) => index + 1)
  )
})

t.test('a database with unknown migrations is refused and not changed', async t => {
  const { apply, db } = await setUp(t, { '0001-a.sql': 'create table a (n integer)' })
  await apply()
  db.prepare('insert into migrations values (?, ?, 1)').run('moonlet', '0099-later.sql')
  const before = schemaOf(db)
  await t.rejects(apply(), { code: 'DATABASE_TOO_NEW', message: /0099-later\.sql.*newer version/s })
  t.same(schemaOf(db), before)
})

t.test('every namespace has an order and names of its own', async t => {
  const { apply, db } = await setUp(t, { '0001-a.sql': 'create table if not exists a (n integer)' })
  t.same(await apply('moonlet'), ['0001-a.sql'])
  t.same(await apply('plugin-x'), ['0001-a.sql'])
  t.same(db.prepare('select namespace from migrations order by 1').pluck().all(), [
    'moonlet',
    'plugin-x'
  ])
})

t.test('a database that needs nothing is only read', async t => {
  const { apply, db } = await setUp(t, { '0001-a.sql': 'create table a (n integer)' })
  await apply()
  db.pragma('query_only = on')
  t.same(await apply(), [])
})

t.test('a storage of a newer program does not open', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  await (await openAt(t, file)).close()
  const db = new Database(file)
  db.prepare('insert into migrations values (?, ?, 1)').run('moonlet', '9999-later.sql')
  db.close()
  await t.rejects(openStorage({ file, secretKey: SECRET_KEY }), { code: 'DATABASE_TOO_NEW' })
})

t.test('a file that is no database says so', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  await writeFile(file, 'not a database at all, but long enough to be looked at as one'.repeat(20))
  await t.rejects(openStorage({ file, secretKey: SECRET_KEY }), {
    code: 'STORAGE_FAILED',
    message: /moonlet\.db: .*no database/
  })
  t.match(await readFile(file, 'utf8'), /^not a database/)
})

t.test('two processes that start at once both open the new database', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const both = await Promise.all([openAt(t, file), openAt(t, file)])
  for (const storage of both) await t.resolves(storage.probe())
})

t.test('what was imported before 0004 is filtered and expires by its time afterwards', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const files = await findMigrations('migrations')
  const db = new Database(file)
  await applyMigrations(db, {
    namespace: 'moonlet',
    files: files.filter(name => basename(name) < '0004')
  })
  const addFunction = db.prepare(
    'insert into functions (id, name, created_at, updated_at, active_version, last_version, id_skew) values (?, ?, 1, 1, 1, 1, ?)'
  )
  const addExecution = db.prepare(
    "insert into executions (id, function, version, status, trigger, created_at, event_json) values (?, ?, 1, 1, 'http', ?, '{}')"
  )
  const at = 1_700_000_000
  const idAt = (seconds: number) => createIdSource(() => seconds).next()
  const kinds = [
    [idAt(at)],
    [idAt(at), idAt(at - 5000), idAt(at + 77)],
    [idAt(4_294_967_295)],
    [idAt(0)],
    ['Capitals0Capitals000'],
    ['short'],
    []
  ] as const
  for (const [i, ids] of kinds.entries()) {
    const { lastInsertRowid } = addFunction.run(`f${i}`, 'f', i === 1 ? 20 : 0)
    for (const id of ids) addExecution.run(id, lastInsertRowid, at)
  }
  addFunction.run('kept', 'f', 9000)
  db.close()
  const storage = await openAt(t, file)
  const skews = new Database(file, { readonly: true })
  t.same(skews.prepare('select id_skew from functions order by seq').pluck().all(), [
    0,
    5000,
    4_294_967_295 - at,
    at,
    2 ** 40,
    2 ** 40,
    0,
    9000
  ])
  t.same(skews.prepare("select name from sqlite_schema where name = 'executions_by_age'").all(), [])
  skews.close()
  t.equal(await storage.executions.expire(at + 7 * 86_400, 100), 0)
  t.equal(await storage.executions.expire(at + 7 * 86_400 + 1, 100), kinds.flat().length)
})

t.test(
  'status codes are taken from the answers that were kept before there was a column for them',
  async t => {
    const file = join(await temporaryFolder(t), 'moonlet.db')
    const files = await findMigrations('migrations')
    const db = new Database(file)
    const before = files.findIndex(name => basename(name).endsWith('-status-codes.sql'))
    await applyMigrations(db, { namespace: 'moonlet', files: files.slice(0, before) })
    db.exec(
      "insert into functions (id, name, created_at, updated_at, active_version, last_version) values ('f', 'f', 1, 1, 1, 1)"
    )
    const add = db.prepare(
      "insert into executions (id, function, version, status, trigger, created_at, event_json, response_json) values (?, 1, 1, 2, 'http', 1, '{}', ?)"
    )
    const answers = [
      '{"statusCode":404,"headers":{}}',
      '{"statusCode":9999,"headers":{}}',
      '{"body":"x"}',
      `{"statusCode":200,"body":"${'x'.repeat(70_000)}"}`,
      null
    ]
    answers.forEach((answer, i) => add.run(`e${i}`, answer))
    db.close()
    const storage = await openAt(t, file)
    const codes = await Promise.all(
      answers.map(async (_, i) => (await storage.executions.find(`e${i}`))?.statusCode)
    )
    t.same(codes, [404, undefined, undefined, undefined, undefined])
  }
)

t.test('functions that ran by their schedule before that was kept with them know when', async t => {
  const file = join(await temporaryFolder(t), 'moonlet.db')
  const files = await findMigrations('migrations')
  const db = new Database(file)
  await applyMigrations(db, {
    namespace: 'moonlet',
    files: files.slice(
      0,
      files.findIndex(name => name.endsWith('-last-cron-run.sql'))
    )
  })
  db.exec(`
    insert into functions (seq, id, name, cron_schedule, cron_status, created_at, updated_at, last_version)
      values (1, 'f1', 'f', '* * * * *', 'active', 1, 1, 1), (2, 'f2', 'f', '* * * * *', 'active', 1, 1, 1);
    insert into executions (id, function, version, status, trigger, created_at, event_json)
      values ('a', 1, 1, 1, 'cron', 70, '{}'), ('b', 1, 1, 1, 'cron', 90, '{}'), ('c', 1, 1, 1, 'http', 99, '{}'), ('d', 2, 1, 1, 'http', 99, '{}');
    insert into execution_counts values (1, 1, 'cron', 1, 2), (1, 1, 'http', 1, 1), (2, 1, 'http', 1, 1)`)
  db.close()
  const scheduled = await (await openAt(t, file)).functions.listScheduled()
  t.same(
    scheduled.map(({ fn, lastCronAt }) => [fn.id, lastCronAt]),
    [
      ['f1', 90],
      ['f2', undefined]
    ]
  )
})

t.test(
  'large events and answers leave the rows of lists, and are whole in the single execution',
  async t => {
    const file = join(await temporaryFolder(t), 'moonlet.db')
    const files = await findMigrations('migrations')
    const db = new Database(file)
    const before = files.findIndex(name => name.endsWith('-large-texts.sql'))
    await applyMigrations(db, { namespace: 'moonlet', files: files.slice(0, before) })
    db.exec(
      "insert into functions (id, name, created_at, updated_at, active_version, last_version) values ('f', 'f', 1, 1, 1, 1)"
    )
    const add = db.prepare(`
    insert into executions (id, function, version, status, trigger, created_at, event_json, response_json)
    values (?, 1, 1, 1, 'http', 1, ?, ?)`)
    db.exec("insert into execution_counts values (1, 1, 'http', 1, 5)")
    const large = JSON.stringify({
      method: 'POST',
      path: '/fn/f/ü',
      headers: {},
      body: '\0'.repeat(100_000)
    })
    const events = ['{"method":"GET"}', large, 'x'.repeat(5000), '['.repeat(100_000), '"text"']
    events.forEach((event, i) => add.run(`e${i}`, event, i === 1 ? large : '{"statusCode":200}'))
    db.close()
    const storage = await openAt(t, file)
    const { rows } = await storage.executions.list('f', { limit: 20, offset: 0 })
    t.equal(rows.length, events.length)
    for (const { eventJson } of rows) {
      t.ok(Buffer.byteLength(eventJson) <= 4096 && JSON.parse(eventJson))
    }
    t.match(JSON.parse(rows.find(({ id }) => id === 'e1')?.eventJson ?? ''), {
      method: 'POST',
      path: '/fn/f/ü',
      truncated: true
    })
    for (const [i, event] of events.entries()) {
      t.match(await storage.executions.find(`e${i}`), {
        eventJson: event,
        responseJson: i === 1 ? large : '{"statusCode":200}'
      })
    }
  }
)
