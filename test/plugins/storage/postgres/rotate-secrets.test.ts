/** Another SECRET_KEY for a database: everything under one key or the other, and no server goes on with the old one. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { parseDatabaseUrl } from '../../../../config/database-url.js'
import { moveToPostgres } from '../../../../plugins/storage/move/move.js'
import { sealedColumns } from '../../../../plugins/storage/postgres/sealed-columns.js'
import { buildApi } from '../../../helpers/api.js'
import { API_KEY } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, openConnection, readRows, type Postgres } from '../../../helpers/postgres.js'
import { startServer } from '../../../helpers/server.js'
import { makeEveryKind, SECRET_KEY } from '../move/every-kind.js'
import { walkApi } from '../move/walk-api.js'

const NEW_KEY = 'e7'.repeat(32)
const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))

function start(DATABASE_URL: string, settings: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program, 'rotate-secrets'], {
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL, API_KEY, SECRET_KEY, ...settings },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  return { child, said, ended: once(child, 'exit').then(([code]) => code as number | null) }
}

async function rotate(url: string, settings: Record<string, string> = { SECRET_KEY_NEW: NEW_KEY }) {
  const { ended, said } = start(url, settings)
  const code = await ended
  const [out, err] = await said
  return { code, out, err }
}

/** A database with rows of every kind. */
async function makeDatabase(t: Test, postgres: Postgres): Promise<string> {
  const url = await postgres.create()
  await moveToPostgres(
    { from: join(await makeEveryKind(t), 'moonlet.db'), dryRun: false, onProgress() {} },
    {
      address: parseDatabaseUrl(url),
      waitMs: 5_000,
      secretKey: Buffer.from(SECRET_KEY, 'hex')
    }
  )
  return url
}

async function readSealed(url: string): Promise<string[]> {
  const rows = await readRows(
    url,
    sealedColumns
      .map(
        ({ table, column }) =>
          `select '${table}' as name, encode(${column}, 'hex') as sealed from ${table}`
      )
      .join(' union all ')
  )
  return rows.map(({ name, sealed }) => `${String(name)} ${String(sealed)}`)
}

async function answers(t: Test, DATABASE_URL: string, key: string) {
  const { app, call } = await buildApi(t, { DATABASE_URL, SECRET_KEY: key })
  const document = (await call('GET', '/docs/openapi.json')).json
  const paths = Object.entries<{ get?: object }>(document.paths)
    .filter(([path, { get }]) => get !== undefined && /env|alerts|jobs/.test(path))
    .map(([path]) => path)
  const found = await walkApi(call, paths)
  await app.close()
  return found
}

function testRotations(postgres: Postgres): void {
  t.test('the new key opens everything, and a server with the old one is refused', async t => {
    const url = await makeDatabase(t, postgres)
    const before = await answers(t, url, SECRET_KEY)
    t.match(JSON.stringify([...before]), /kept for later.*hooks\.example\.org.*zwei ä/)
    const sealed = new Set(await readSealed(url))
    const done = await rotate(url)
    t.match(done, { code: 0, err: '' })
    t.match(
      done.out,
      /^3 variables are encrypted with a new key, which is in SECRET_KEY_NEW\.\nSet SECRET_KEY of all/
    )
    const after = await readSealed(url)
    t.equal(after.length, sealed.size)
    t.same(
      after.filter(row => sealed.has(row)),
      [],
      'nothing is as it was'
    )
    t.same(await answers(t, url, NEW_KEY), before)
    await t.rejects(buildApi(t, { DATABASE_URL: url, SECRET_KEY }), {
      message: /SECRET_KEY is another one than that of this database/
    })
    t.match(
      await rotate(url),
      { code: 0, out: /has the key in SECRET_KEY_NEW already/ },
      'once more'
    )
    t.match(await rotate(url, { SECRET_KEY_NEW: 'd1'.repeat(32) }), {
      code: 1,
      err: /^SECRET_KEY is another one than that of this database: set that of its servers\.$/m
    })
  })

  t.test('every column of bytes is known to be encrypted, or not to be', async t => {
    const url = await postgres.create()
    await (await buildApi(t, { DATABASE_URL: url, SECRET_KEY })).app.close()
    const rows = await readRows(
      url,
      `select table_name || '.' || column_name as name from information_schema.columns
       where table_schema = 'public' and data_type = 'bytea'`
    )
    const others = [
      'access_keys.hash',
      'deliveries.key',
      'fingerprints.hash',
      'jobs.key_hash',
      'kv.key',
      'kv.value',
      'packed_events.zstd',
      'packed_responses.zstd',
      'probes.filler',
      'rate_windows.key',
      'tokens.hash'
    ]
    t.same(
      rows.map(({ name }) => name).sort(),
      [...others, ...sealedColumns.map(({ table, column }) => `${table}.${column}`)].sort()
    )
  })

  t.test('what cannot be done is refused in a sentence', async t => {
    const url = await postgres.create()
    t.match(await rotate(url), { code: 1, err: /has nothing of Moonlet in it/ })
    const server = await startServer(t, { DATABASE_URL: url, SECRET_KEY })
    t.match(await rotate(url), {
      code: 1,
      err: /^Servers run on that database, on \S+: stop all of them first\./m
    })
    await server.stop()
    const cases = [
      [{}, /Set SECRET_KEY_NEW to the key that is to take the place of SECRET_KEY/],
      [{ SECRET_KEY_NEW: SECRET_KEY }, /is the same key as SECRET_KEY/],
      [{ SECRET_KEY_NEW: 'short' }, /SECRET_KEY_NEW must be/],
      [{ SECRET_KEY_NEW: NEW_KEY, API_KEY: 'another' }, /API_KEY is another one/],
      [
        { SECRET_KEY_NEW: NEW_KEY, DATABASE_URL: '' },
        /SECRET_KEY_NEW is for databases on PostgreSQL/
      ]
    ] as const
    for (const [settings, err] of cases) {
      const { code, err: said } = await rotate(url, settings)
      t.equal(code, 1)
      t.match(said, err)
      t.notMatch(said, /\n\s+at /)
    }
    await readRows(url, "insert into migrations (name, applied_at) values ('9999-next.sql', 0)")
    t.match(await rotate(url), { code: 1, err: /written by a newer version/ })
  })

  t.test('one that is killed has changed nothing, and is done again', async t => {
    const url = await makeDatabase(t, postgres)
    const before = await readSealed(url)
    const blocker = await openConnection(url)
    t.teardown(() => blocker.close())
    await blocker.script(
      'set idle_in_transaction_session_timeout = 0; set application_name = other'
    )
    await blocker.script('begin; select pg_advisory_xact_lock(1)')
    await readRows(
      url,
      `create function hold() returns trigger language plpgsql as $$
       begin perform pg_advisory_xact_lock(1); return new; end $$`,
      'create trigger hold before update on job_events for each row execute function hold()'
    )
    const { child, ended } = start(url, { SECRET_KEY_NEW: NEW_KEY })
    const waiting = `select 1 from pg_stat_activity where wait_event = 'advisory' and query like 'update job_events%'`
    const watcher = await openConnection(postgres.url())
    t.teardown(() => watcher.close())
    const count = async () => (await watcher.run([{ sql: waiting, values: [] }]))[0]?.rows.length
    await eventually(t, count, 1)
    t.match(await rotate(url), { code: 1, err: /Somebody else works on that database/ })
    child.kill('SIGKILL')
    await ended
    await blocker.script('rollback')
    await eventually(t, count, 0)
    t.same(await readSealed(url), before)
    t.match(await rotate(url), { code: 0, err: '' })
    await buildApi(t, { DATABASE_URL: url, SECRET_KEY: NEW_KEY })
  })

  t.test('a server that hung meanwhile does not go on with the old key', async t => {
    const url = await makeDatabase(t, postgres)
    const server = await startServer(t, { DATABASE_URL: url, SECRET_KEY })
    server.process.kill('SIGSTOP')
    t.match(await rotate(url), { code: 1, err: /Servers run on that database/ })
    await readRows(url, 'update nodes set lease_until = 0')
    t.match(await rotate(url), { code: 0, err: '' })
    const sealed = await readSealed(url)
    server.process.kill('SIGCONT')
    const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' }
    const answer = await fetch(`${server.base}/api/env`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ env_vars: { SHARED: 'under the old key' } })
    })
    t.equal(answer.status, 503)
    await eventually(t, async () => (await fetch(`${server.base}/readyz`)).status, 503)
    t.match(await answer.text(), /SECRET_KEY was replaced; this server needs the new one/)
    t.same(await readSealed(url), sealed)
    t.same(
      await readRows(url, 'select 1 from nodes where lease_until > 0'),
      [],
      'nor is it a node of it'
    )
  })
}

await onPostgres(t, testRotations)
