/** Files that say they are backups, made by whoever. */
import Database from 'better-sqlite3'
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { applyMigrations, findMigrations } from '../../../../plugins/storage/db/migrations.js'
import { createOfflineStorage } from '../../../../plugins/storage/offline.js'
import { migrationsFolder } from '../../../../plugins/storage/storage.js'
import { SECRET_KEY, temporaryFolder } from '../open-storage.js'

const ID = 'd4l1ikp2rpqc73a0b1c0'
const folder = await temporaryFolder(t)
const offline = createOfflineStorage({ DATA_DIR: join(folder, 'data'), SECRET_KEY })
const { storage, close } = await offline.open({ alone: true })
await storage.functions.create({ id: ID, name: 'here', description: undefined, code: '--', now: 1 })
await close()
const backup = join(folder, 'backup.db')
await offline.backup(backup, { force: false, onProgress() {} })

/** A backup after such statements. */
async function changed(sql: string): Promise<string> {
  const file = join(folder, 'changed.db')
  await copyFile(backup, file)
  const db = new Database(file)
  db.exec(sql)
  db.close()
  return file
}

const cases: Array<[what: string, sql: string, complaint: RegExp]> = [
  [
    'a trigger',
    "create trigger t after insert on executions begin update functions set name = 'evil'; end",
    /has the trigger "t"/
  ],
  [
    'a trigger of a plugin',
    "insert into migrations values ('notes', '0001.sql', 1); create table plugin_notes_a (a integer) strict; create trigger plugin_notes_t after insert on functions begin select 1; end",
    /has the trigger "plugin_notes_t"/
  ],
  ['a view', 'create view v as select * from env', /has the view "v"/],
  [
    'a view in the place of a table',
    'drop table sessions; create view sessions as select 1',
    /has the view "sessions"/
  ],
  ['a missing table', 'drop table sessions', /lacks the table "sessions"/],
  ['a table too many', 'create table more (a integer)', /has the table "more"/],
  [
    'a table of a plugin that has no migrations',
    'create table plugin_notes_a (a integer) strict',
    /has the table "plugin_notes_a"/
  ],
  [
    'a table with another column',
    'alter table sessions add column more text',
    /its table "sessions" is not what Moonlet makes/
  ],
  ['an index too many', 'create index spy on executions (id desc)', /has the index "spy"/],
  [
    "a table of a plugin that refers to Moonlet's, which would keep executions from being deleted",
    "insert into migrations values ('notes', '0001.sql', 1); create table plugin_notes_a (e integer references executions (seq)) strict",
    /table "plugin_notes_a" refers to executions/
  ],
  [
    'a migration of a later version',
    "insert into migrations values ('moonlet', '9999-later.sql', 1)",
    /written by a newer version/
  ],
  [
    'a migration too few in between',
    "delete from migrations where name like '0002-%'",
    /lacks a migration between/
  ]
]

for (const [what, sql, complaint] of cases) {
  t.test(`restoring refuses a database with ${what}, and changes nothing`, async t => {
    const before = await readdir(join(folder, 'data'))
    await t.rejects(
      offline.restore(await changed(sql), () => {}),
      { message: complaint }
    )
    t.same(await readdir(join(folder, 'data')), before)
    const { storage, close } = await offline.open({ alone: true })
    t.equal((await storage.functions.find(ID))?.fn.name, 'here')
    await close()
  })
}

t.test(
  'restoring takes a backup of an earlier version, and one with tables of a plugin',
  async t => {
    const early = join(folder, 'early.db')
    const db = new Database(early)
    await applyMigrations(db, {
      namespace: 'moonlet',
      files: (await findMigrations(migrationsFolder)).slice(0, 3)
    })
    db.close()
    await t.resolves(offline.restore(early, () => {}))
    await t.resolves(
      offline.restore(
        await changed(
          "insert into migrations values ('my-notes', '0001.sql', 1); create table plugin_my_notes_a (a integer primary key) strict; create table plugin_my_notes_b (a integer references plugin_my_notes_a (a)) strict; create index plugin_my_notes_i on plugin_my_notes_a (a)"
        ),
        () => {}
      )
    )
    await t.resolves(offline.restore(backup, () => {}))
  }
)

t.test(
  'what a backup says that its functions keep is not believed: it is counted anew',
  async t => {
    const entry = "insert into kv (function, key, value) values (0, x'61', x'62')"
    const forged =
      'insert or replace into stored_bytes (function, history, kv) values (0, 9000000000000000, -9000000000000000)'
    await offline.restore(await changed(`${entry}; ${forged}`), () => {})
    const { storage, close } = await offline.open({ alone: true })
    t.teardown(close)
    const { history, kv } = await storage.usage()
    t.equal(history, 0)
    t.ok(kv > 0 && kv < 1000, `${kv} bytes`)
  }
)
