import t from 'tap'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openAt, temporaryFolder } from '../open-storage.js'

/** A database file, and a function that writes a plugin's migrations and gives their folder. */
async function place(t: Parameters<typeof temporaryFolder>[0]) {
  const folder = await temporaryFolder(t)
  return {
    file: join(folder, 'moonlet.db'),
    async migrations(plugin: string, files: Record<string, string>) {
      const path = join(folder, plugin)
      await mkdir(path, { recursive: true })
      for (const [name, sql] of Object.entries(files)) await writeFile(join(path, name), sql)
      return path
    }
  }
}

const notes = {
  '0001-notes.sql':
    'create table plugin_notes_items (id integer primary key, text text not null, data blob) strict;'
}

t.test('a plugin reads and writes its own tables', async t => {
  const { file, migrations } = await place(t)
  const storage = await openAt(t, file)
  const db = await storage.openPluginTables('notes', await migrations('notes', notes))
  t.equal(
    await db.run(
      'insert into plugin_notes_items (text, data) values (?, ?), (?, ?)',
      'a',
      Buffer.from([0, 255]),
      'b',
      null
    ),
    2
  )
  t.same(await db.all('select id, text from plugin_notes_items order by id desc'), [
    { id: 2, text: 'b' },
    { id: 1, text: 'a' }
  ])
  t.same(await db.get('select data from plugin_notes_items where text = ?', 'a'), {
    data: Buffer.from([0, 255])
  })
  t.equal(await db.get('select 1 from plugin_notes_items where id = 99'), undefined)
  t.same(await db.get('insert into plugin_notes_items (text) values (?) returning id', 'c'), {
    id: 3
  })
})

t.test('several writes are all or none', async t => {
  const { file, migrations } = await place(t)
  const db = await (
    await openAt(t, file)
  ).openPluginTables('notes', await migrations('notes', notes))
  t.same(
    await db.atomic([
      ['insert into plugin_notes_items (text) values (?)', 'x'],
      ['update plugin_notes_items set text = ?', 'y']
    ]),
    [1, 1]
  )
  await t.rejects(
    db.atomic([
      ['insert into plugin_notes_items (text) values (?)', 'z'],
      ['insert into plugin_notes_items (text) values (?)', null]
    ]),
    { code: 'STORAGE_FAILED', message: /NOT NULL/ }
  )
  t.same(await db.all('select text from plugin_notes_items'), [{ text: 'y' }])
})

t.test('migrations are applied once, and new ones later, in an order of their own', async t => {
  const { file, migrations } = await place(t)
  const first = await openAt(t, file)
  const db = await first.openPluginTables('notes', await migrations('notes', notes))
  await db.run("insert into plugin_notes_items (text) values ('kept')")
  await first.close()
  const again = await openAt(t, file)
  const folder = await migrations('notes', {
    '0002-done.sql': 'alter table plugin_notes_items add column done integer not null default 0;'
  })
  const migrated = await again.openPluginTables('notes', folder)
  t.same(await migrated.get('select text, done from plugin_notes_items'), { text: 'kept', done: 0 })
  const other = await again.openPluginTables(
    'other',
    await migrations('other', { '0001-x.sql': 'create table plugin_other_x (a integer) strict;' })
  )
  t.same(await other.all('select * from plugin_other_x'), [])
})

t.test('a failing migration leaves everything as it was', async t => {
  const { file, migrations } = await place(t)
  const storage = await openAt(t, file)
  const folder = await migrations('notes', {
    ...notes,
    '0002-bad.sql': 'create table plugin_notes_more (a integer) strict; select * from nowhere;'
  })
  await t.rejects(storage.openPluginTables('notes', folder), {
    code: 'MIGRATION_FAILED',
    message: /0002-bad\.sql failed: no such table: nowhere/
  })
  const fixed = await storage.openPluginTables(
    'notes',
    await migrations('notes', {
      '0002-bad.sql': 'create table plugin_notes_more (a integer) strict;'
    })
  )
  t.same(await fixed.all('select * from plugin_notes_more'), [])
})

t.test(
  "a migration that leaves the plugin's own tables is refused, naming what it touched",
  async t => {
    const { file, migrations } = await place(t)
    const storage = await openAt(t, file)
    for (const [sql, touched] of [
      ['create table items (a integer) strict;', 'items'],
      ['create table plugin_notesitems (a integer) strict;', 'plugin_notesitems'],
      ['drop table kv;', 'kv'],
      ['alter table functions add column evil text;', 'functions'],
      ['create index spy on executions (status);', 'spy'],
      ['create trigger t after insert on kv begin select 1; end;', 't']
    ] as const) {
      await t.rejects(
        storage.openPluginTables('notes', await migrations('notes', { '0001-x.sql': sql })),
        {
          code: 'MIGRATION_FAILED',
          message: `it makes, changes or drops ${touched}; a plugin's own must be called plugin_notes_…`
        },
        sql
      )
    }
    t.same((await storage.functions.list({ limit: 1, offset: 0 })).rows, [])
  }
)

t.test(
  'a migration that makes a trigger or a view is refused: a backup would hold code',
  async t => {
    const { file, migrations } = await place(t)
    const storage = await openAt(t, file)
    for (const [sql, made] of [
      [
        'create table plugin_notes_a (a integer) strict; create trigger plugin_notes_t after insert on plugin_notes_a begin select 1; end;',
        'trigger plugin_notes_t'
      ],
      ['create view plugin_notes_v as select 1;', 'view plugin_notes_v']
    ] as const) {
      await t.rejects(
        storage.openPluginTables('notes', await migrations('notes', { '0001-x.sql': sql })),
        {
          code: 'MIGRATION_FAILED',
          message: `it makes the ${made}; a plugin may have tables and indexes alone`
        }
      )
    }
  }
)

t.test(
  "a migration whose table refers to Moonlet's tables is refused: executions could not be deleted",
  async t => {
    const { file, migrations } = await place(t)
    const storage = await openAt(t, file)
    for (const [target, reference] of [
      ['executions', 'references executions (seq)'],
      ['functions', 'references functions (id) on delete cascade']
    ] as const) {
      await t.rejects(
        storage.openPluginTables(
          'notes',
          await migrations('notes', {
            '0001-x.sql': `create table plugin_notes_a (a text ${reference}) strict;`
          })
        ),
        {
          code: 'MIGRATION_FAILED',
          message: new RegExp(`plugin_notes_a refers to ${target}; .*to its own alone`)
        }
      )
    }
    await t.resolves(
      storage.openPluginTables(
        'notes',
        await migrations('notes', {
          '0001-x.sql':
            'create table plugin_notes_a (a integer primary key, b integer references plugin_notes_a (a)) strict;'
        })
      )
    )
  }
)

t.test('statements that would break into the shared transaction are refused', async t => {
  const { file, migrations } = await place(t)
  const db = await (
    await openAt(t, file)
  ).openPluginTables('notes', await migrations('notes', notes))
  for (const sql of [
    'begin',
    ' COMMIT',
    'rollback',
    'savepoint a',
    'pragma journal_mode = off',
    "attach 'x' as y",
    'vacuum'
  ]) {
    await t.rejects(
      db.run(sql),
      { code: 'STORAGE_FAILED', message: /cannot use the statement/ },
      sql
    )
  }
  await t.rejects(db.run('nonsense'), { code: 'STORAGE_FAILED', message: /syntax error/ })
})

t.test('a plugin older than its tables is refused', async t => {
  const { file, migrations } = await place(t)
  const storage = await openAt(t, file)
  await storage.openPluginTables(
    'notes',
    await migrations('notes', { ...notes, '0002-more.sql': 'select 1;' })
  )
  await t.rejects(storage.openPluginTables('notes', await migrations('older', notes)), {
    code: 'DATABASE_TOO_NEW',
    message: /0002-more\.sql of notes/
  })
})
