/** A data folder becomes a PostgreSQL database: everything, or nothing. */
import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { parseDatabaseUrl } from '../../../../config/database-url.js'
import type { MoveReport } from '../../../../core/contracts/offline-storage.js'
import { moveToPostgres } from '../../../../plugins/storage/move/move.js'
import { movedTables } from '../../../../plugins/storage/move/tables.js'
import { buildApi } from '../../../helpers/api.js'
import { temporaryFolder } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, openConnection, readRows, type Postgres } from '../../../helpers/postgres.js'
import { makeEveryKind, SECRET_KEY } from './every-kind.js'
import { walkApi } from './walk-api.js'

const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))
const fixtures = 'test/fixtures/databases'

const move = (from: string, url: string, secretKey = SECRET_KEY): Promise<MoveReport> =>
  moveToPostgres(
    { from, dryRun: false, onProgress() {} },
    { address: parseDatabaseUrl(url), waitMs: 5_000, secretKey: Buffer.from(secretKey, 'hex') }
  )

function start(settings: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [program, 'migrate', ...args], {
    env: { PATH: process.env['PATH'] ?? '', SECRET_KEY, ...settings },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { child, ended, said }
}

function testMoves(postgres: Postgres): void {
  t.test('a database with rows of every kind answers as it did', async t => {
    const folder = await makeEveryKind(t)
    const file = join(folder, 'moonlet.db')
    const url = await postgres.create()
    const { ended, said } = start({ DATABASE_URL: url, DATA_DIR: folder }, '--json')
    t.equal(await ended, 0, (await said)[1])
    const report = JSON.parse((await said)[0])
    t.same(
      report.tables.map(({ table }: { table: string }) => table),
      movedTables.map(({ name }) => name)
    )
    const empty = report.tables.filter(({ rows }: { rows: number }) => rows === 0)
    t.same(empty, [], 'the folder has rows of every kind')
    for (const { sum } of report.tables) t.match(sum, /^[0-9a-f]{64}$/)

    const onFile = await buildApi(t, { DATA_DIR: folder, SECRET_KEY })
    const onPostgres = await buildApi(t, { DATABASE_URL: url, SECRET_KEY })
    const document = (await onFile.call('GET', '/docs/openapi.json')).json
    const paths = Object.entries<{ get?: object }>(document.paths)
      .filter(([, { get }]) => get !== undefined)
      .map(([path]) => path)
    const before = await walkApi(onFile.call, paths)
    const after = await walkApi(onPostgres.call, paths)
    t.same([...after.keys()], [...before.keys()])
    t.ok(before.size > 100, `${before.size} answers`)
    for (const [url, answer] of before) t.same(after.get(url), answer, url)

    const ids = await readRows(url, "select id from functions where name = 'gone'")
    t.same(ids, [], 'a purge goes on')
    const created = await onPostgres.create()
    const [{ seq }] = (await readRows(
      url,
      `select seq from functions where id = '${created}'`
    )) as [{ seq: number }]
    t.equal(seq, 1001, 'a number is not used twice')
    const { json } = await onPostgres.call('POST', '/fn/worker-of-all', 'again')
    t.equal(json, undefined)
    t.equal(await new Database(file).prepare('select count(*) from executions').pluck().get(), 5)
  })

  t.test('every table of SQLite is moved', async t => {
    const folder = await temporaryFolder(t)
    await (await buildApi(t, { DATA_DIR: folder, SECRET_KEY })).app.close()
    const db = new Database(join(folder, 'moonlet.db'), { readonly: true })
    const tables = db
      .prepare<[], string>(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite%'"
      )
      .pluck()
      .all()
    db.close()
    // What follows from rows, what PostgreSQL notes itself, and what proves that a write is possible.
    const others = ['stored_bytes', 'migrations', 'probes']
    t.same(tables.sort(), [...movedTables.map(({ name }) => name), ...others].sort())
  })

  for (const name of ['0.1.0', '0.2.0-0011', '0.2.0-0018']) {
    t.test(`a database of ${name} is moved by way of a copy and stays as it was`, async t => {
      const folder = await temporaryFolder(t)
      const file = join(folder, 'moonlet.db')
      const packed = gunzipSync(await readFile(join(fixtures, `${name}.db.gz`)))
      await writeFile(file, packed, { mode: 0o600 })
      const url = await postgres.create()
      const { tables } = await move(file, url)
      t.match(
        tables.find(({ table }) => table === 'executions'),
        { rows: 5 }
      )
      t.same(
        (await readdir(folder)).filter(entry => !entry.startsWith('moonlet.db')),
        ['server.lock'],
        'nothing is left beside it'
      )
      t.ok(packed.equals(await readFile(file)))
      const { call, callOpen } = await buildApi(t, { DATABASE_URL: url, SECRET_KEY })
      const { functions } = (await call('GET', '/api/functions?search=counter')).json
      const { id } = functions[0]
      t.match((await call('GET', `/api/functions/${id}`)).json.env_vars, {
        GREETING: 'good evening'
      })
      t.same((await callOpen('POST', `/fn/${id}`)).json, { count: 5, greeting: 'good evening' })
    })
  }

  t.test('one that is killed leaves nothing, and can be done again', async t => {
    const folder = await makeEveryKind(t)
    const url = await postgres.create()
    await (await buildApi(t, { DATABASE_URL: url, SECRET_KEY })).app.close()
    const blocker = await openConnection(url)
    await blocker.script('set idle_in_transaction_session_timeout = 0')
    await blocker.script('begin; lock table logs in share mode')
    const { child, ended } = start({}, '--from', join(folder, 'moonlet.db'), '--to', url)
    const waiting =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into logs %'"
    await eventually(t, async () => (await readRows(url, waiting)).length, 1)
    await t.rejects(move(join(folder, 'moonlet.db'), url), { code: 'DATA_IN_USE' })
    const copy = join(await temporaryFolder(t), 'copy.db')
    await copyFile(join(folder, 'moonlet.db'), copy)
    await t.rejects(move(copy, url), { code: 'DATA_IN_USE', message: /Somebody else writes/ })
    await t.rejects(buildApi(t, { DATABASE_URL: url, SECRET_KEY }), {
      message: /wait for its end/
    })
    child.kill('SIGKILL')
    await ended
    await blocker.script('rollback')
    await blocker.close()
    await eventually(
      t,
      async () => {
        try {
          return (await move(copy, url)).tables.find(({ table }) => table === 'logs')?.rows
        } catch (error) {
          return error
        }
      },
      5
    )
  })

  t.test('what cannot be moved is refused in a sentence, and nothing is written', async t => {
    const folder = await makeEveryKind(t)
    const file = join(folder, 'moonlet.db')
    const url = await postgres.create()
    await t.rejects(move(file, url, 'ab'.repeat(32)), {
      code: 'SETTINGS_INVALID',
      message: /another key/
    })
    await t.rejects(move(join(folder, 'no.db'), url), { code: 'NOT_FOUND' })
    new Database(join(folder, 'other.db')).exec('create table x (y)').close()
    await t.rejects(move(join(folder, 'other.db'), url), {
      code: 'VALIDATION',
      message: /is not a database of Moonlet/
    })
    t.same(await readRows(url, "select to_regclass('functions') is null as none"), [{ none: true }])

    const dry = start({ DATABASE_URL: url, DATA_DIR: folder }, '--dry-run')
    t.equal(await dry.ended, 0)
    t.match((await dry.said)[0], /^logs +5$/m)
    t.same(await readRows(url, "select to_regclass('functions') is null as none"), [{ none: true }])

    const server = await buildApi(t, { DATABASE_URL: url, SECRET_KEY })
    await t.rejects(move(file, url), {
      code: 'DATA_IN_USE',
      message: /A server runs on that database/
    })
    await server.create()
    await server.app.close()
    await t.rejects(move(file, url), {
      code: 'CONFLICT',
      message: /not empty .*functions, versions/
    })

    const busy = await buildApi(t, { DATA_DIR: folder, SECRET_KEY })
    await t.rejects(move(file, url), {
      code: 'DATA_IN_USE',
      message: /Another Moonlet uses the data folder/
    })
    await busy.app.close()
    const none = start({ DATA_DIR: folder })
    t.equal(await none.ended, 1)
    t.match((await none.said)[1], /name the database with --to or in DATABASE_URL/)
  })

  t.test(
    'a lost connection, a full disk and a value that does not fit are told, and nothing is kept',
    async t => {
      const folder = await makeEveryKind(t)
      const file = join(folder, 'moonlet.db')
      const url = await postgres.create()
      await (await buildApi(t, { DATABASE_URL: url, SECRET_KEY })).app.close()
      await readRows(
        url,
        `create function cut() returns trigger language plpgsql as $$
       begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`,
        'create trigger cut before insert on logs for each row when (new.n = 0) execute function cut()'
      )
      await t.rejects(move(file, url), {
        code: 'STORAGE_FAILED',
        message:
          /^The connection to the database was lost \(.*\)\. Either nothing was moved or everything/
      })
      await readRows(
        url,
        'drop trigger cut on logs',
        `create function fill() returns trigger language plpgsql as $$
       begin raise exception 'could not extend file "base/1/2"' using errcode = 'disk_full'; end $$`,
        'create trigger fill before insert on logs for each row when (new.n = 0) execute function fill()'
      )
      await t.rejects(move(file, url), {
        code: 'STORAGE_FAILED',
        message:
          /^The disk of the database at 127\.0\.0\.1:\d+ is full \(could not extend file .*\): free some space/
      })
      t.same(await readRows(url, 'select count(*) as rows from functions'), [{ rows: 0 }])
      await readRows(url, 'drop trigger fill on logs')
      new Database(file)
        .exec("update functions set retention_days = 3e9 where name = 'empty'")
        .close()
      await t.rejects(move(file, url), {
        code: 'STORAGE_FAILED',
        message:
          /^The table functions has a value that PostgreSQL cannot hold \(integer out of range\)/
      })
      t.same(await readRows(url, 'select count(*) as rows from functions'), [{ rows: 0 }])
    }
  )

  t.test('what comes out different is noticed, and nothing is kept', async t => {
    const folder = await makeEveryKind(t)
    const url = await postgres.create()
    await (await buildApi(t, { DATABASE_URL: url, SECRET_KEY })).app.close()
    await readRows(
      url,
      `create function spoil() returns trigger language plpgsql as $$
       begin new.message := new.message || '!'; return new; end $$`,
      'create trigger spoil before insert on logs for each row when (new.n = 0) execute function spoil()'
    )
    await t.rejects(move(join(folder, 'moonlet.db'), url), {
      code: 'STORAGE_FAILED',
      message: /The table logs came out different: 5 rows/
    })
    t.same(await readRows(url, 'select count(*) as rows from functions'), [{ rows: 0 }])
  })
}

await onPostgres(t, testMoves)
