/** Databases that cannot be used: each gives one sentence that says why and what to do. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, stat, writeFile } from 'node:fs/promises'
import { createServer as createHttp } from 'node:http'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { parseDatabaseUrl } from '../../../../config/database-url.js'
import { startError } from '../../../../core/process/start-error.js'
import { openPostgresStorage } from '../../../../plugins/storage/postgres/storage.js'
import { temporaryFolder } from '../../../helpers/build.js'
import { endsWithUs } from '../../../helpers/ends-with-us.js'
import { eventually } from '../../../helpers/eventually.js'
import { findFreePort } from '../../../helpers/free-port.js'
import { onPostgres, readRows, type Postgres } from '../../../helpers/postgres.js'
import { SECRET_KEY } from '../open-storage.js'

const PGBOUNCER = '/usr/sbin/pgbouncer'

/** What a start says; '' when it goes well. */
async function start(url: string): Promise<string> {
  const options = {
    address: parseDatabaseUrl(url),
    secretKey: SECRET_KEY,
    poolSize: 2,
    waitMs: 300
  }
  try {
    await (await openPostgresStorage(options)).close()
    return ''
  } catch (error) {
    return startError(error)
  }
}

async function refuses(t: Test, url: string, why: RegExp): Promise<void> {
  const said = await start(url)
  t.match(said, why)
  t.match(said, /^[^\n]+\.$/, 'one line')
  t.notMatch(said, /hidden|Error:/, 'no password')
}

async function listen(t: Test, server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

await onPostgres(t, postgres => {
  const at = `127.0.0.1:${postgres.port}`

  t.test('what is no PostgreSQL, or is not there', async t => {
    const web = await listen(
      t,
      createHttp((_, response) => response.end('hello'))
    )
    const rude = await listen(
      t,
      createServer(socket => socket.destroy())
    )
    const silent = await listen(t, createServer())
    const elsewhere = /does not answer as PostgreSQL does \(.*\): check host and port/
    const cases: readonly [address: string, why: RegExp][] = [
      [`127.0.0.1:${web}/x`, elsewhere],
      [`127.0.0.1:${web}/x?sslmode=disable`, elsewhere],
      [`127.0.0.1:${rude}/x?sslmode=disable`, elsewhere],
      [`127.0.0.1:${silent}/x`, /does not answer in time: check the network/],
      ['127.0.0.1:1/x', /^Nothing takes connections at 127\.0\.0\.1:1: start PostgreSQL there/],
      ['/x?host=/nope', /^Nothing takes connections at \/nope\/\.s\.PGSQL\.5432: start/],
      ['nowhere.invalid/x', /^The database's host in DATABASE_URL has no address/],
      [
        `nowhere.invalid,127.0.0.1:1,127.0.0.1:2/x`,
        /has no address.*\. Nothing takes connections at 127\.0\.0\.1:1, 127\.0\.0\.1:2: start/
      ]
    ]
    await Promise.all(
      cases.map(([address, why]) => refuses(t, `postgres://moonlet:hidden@${address}`, why))
    )
  })

  t.test('a user who is refused, or may not do enough', async t => {
    const url = await postgres.create()
    t.equal(await start(url), '')
    const name = new URL(url).pathname.slice(1)
    const empty = new URL(await postgres.create()).pathname.slice(1)
    const none = await postgres.create()
    await postgres.query("create role small login password 'pw'")
    await postgres.query('drop schema public', none)
    await postgres.query(`revoke create on schema public from public`, postgres.url(empty))
    for (const right of ['select', 'insert', 'update', 'delete']) {
      await postgres.query(`grant ${right} on all tables in schema public to small`, url)
    }
    const noRights = /^The user "small" has not the rights that Moonlet needs in the database/
    const small = (database: string) => `postgres://small:hidden@${at}/${database}`
    await refuses(t, small(empty), noRights)
    await refuses(t, small(new URL(none).pathname.slice(1)), noRights)
    await postgres.query('grant usage, update on all sequences in schema public to small', url)
    t.equal(await start(small(name)), '', 'who may use all tables needs to own none')
    await postgres.query('revoke select on functions from small', url)
    await refuses(t, small(name), /has not the rights .*not all granted on functions\)/)
    await postgres.query(`revoke connect on database ${name} from public`)
    await refuses(t, small(name), /has not the rights .*permission denied for database/)
    await postgres.query('alter role small connection limit 0')
    await refuses(
      t,
      small(empty),
      /has no connection left \(too many connections for role "small"\)/
    )
    await postgres.query('alter role small nologin')
    await refuses(t, small(empty), /does not let "small" in \(role "small" is not permitted/)
    await refuses(t, `postgres://nobody:hidden@${at}/x`, /does not let "nobody" in|role "nobody"/)
  })

  t.test('a database that is none, has other texts, or is not open', async t => {
    await refuses(
      t,
      `postgres://moonlet@${at}/nope`,
      /^There is no database "nope" at 127\.0\.0\.1/
    )
    await postgres.query("create database latin encoding 'latin1' template template0")
    await refuses(t, postgres.url('latin'), /^The database has the encoding LATIN1; Moonlet needs/)
    await refuses(t, postgres.url('template0'), /not currently accepting connections/)
  })

  t.test('a replica alone, and a database that is only read', async t => {
    const writes = /takes no writes, as a replica does: name the server that does/
    const url = await postgres.create()
    t.equal(await start(url), '')
    const name = new URL(url).pathname
    await postgres.query(`alter database ${name.slice(1)} set default_transaction_read_only = on`)
    await refuses(t, url, writes)
    const replica = await postgres.replicate()
    try {
      await refuses(t, replica.url(), writes)
      const hosts = `127.0.0.1:${replica.port},127.0.0.1:1`
      await refuses(
        t,
        `postgres://moonlet@${hosts}/postgres`,
        new RegExp(`at 127\\.0\\.0\\.1:${replica.port} takes no writes.*Nothing takes.*0\\.1:1:`)
      )
    } finally {
      await postgres.query('alter system reset synchronous_standby_names')
      await postgres.query('select pg_reload_conf()')
    }
  })

  t.test('a PostgreSQL that is too old', async t => {
    const [row] = await readRows(
      postgres.url(),
      "select current_setting('server_version_num') as n"
    )
    const number = String(row?.['n'])
    // One that has all that is used is not to be had so old: its number is changed on the way.
    const port = await listen(t, replaceAnswers(postgres.port, number, '120022'))
    const url = postgres.url().replace(String(postgres.port), String(port))
    await refuses(t, url, /^The database is PostgreSQL .*; Moonlet needs 13 or newer\.$/)
  })

  t.test(
    'a pooler that does not pool sessions',
    { skip: existsSync(PGBOUNCER) ? false : 'PgBouncer is not installed (package pgbouncer)' },
    t => testPooler(t, postgres)
  )
})

function replaceAnswers(port: number, text: string, other: string): Server {
  return createServer(client => {
    const server = connect(port, '127.0.0.1')
    client.pipe(server)
    server.on('data', bytes => {
      client.write(bytes.toString('latin1').replaceAll(text, other), 'latin1')
    })
    for (const socket of [client, server]) {
      socket
        .on('error', () => {})
        .on('close', () => {
          client.destroy()
          server.destroy()
        })
    }
  })
}

async function startPooler(t: Test, postgres: Postgres, settings: string): Promise<number> {
  const folder = await temporaryFolder(t)
  const port = await findFreePort()
  const file = join(folder, 'pgbouncer.ini')
  await writeFile(
    file,
    `[databases]
* = host=127.0.0.1 port=${postgres.port} user=moonlet
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
${settings}
`
  )
  // It does not run as root.
  const { uid, gid } = await stat(join(postgres.folder, 'data'))
  await chmod(folder, 0o755)
  await chown(file, uid, gid)
  const child = spawn(...endsWithUs('TERM', PGBOUNCER, ['-q', file]), {
    stdio: 'ignore',
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    cwd: dirname(file)
  })
  const ended = new Promise(resolve => child.once('exit', resolve))
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
  })
  return port
}

async function testPooler(t: Test, postgres: Postgres): Promise<void> {
  const name = new URL(await postgres.create()).pathname
  const via = (port: number) => `postgres://moonlet@127.0.0.1:${port}${name}`
  const isUp = async (port: number) => !(await start(via(port))).includes('Nothing takes')
  const strict = await startPooler(t, postgres, 'pool_mode = transaction')
  await eventually(t, () => isUp(strict), true, 'it takes connections')
  await refuses(t, via(strict), /takes no settings of connections \(unsupported startup param/)

  const ignores = 'ignore_startup_parameters = options,extra_float_digits'
  const lax = await startPooler(t, postgres, `pool_mode = transaction\n${ignores}`)
  await eventually(t, () => isUp(lax), true, 'it takes connections')
  await refuses(t, via(lax), /leads to a pooler that gives each transaction another connection/)

  const sessions = await startPooler(t, postgres, `pool_mode = session\n${ignores}`)
  await eventually(t, () => start(via(sessions)), '', 'one that pools sessions is taken')
}
