import t from 'tap'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, startPostgres, type Postgres } from '../../../helpers/postgres.js'
import { addFunction, SECRET_KEY, startServer } from '../../../helpers/server.js'

const program = (name: string): string =>
  fileURLToPath(new URL(`../../../../${name}`, import.meta.url))

/** Runs the program to its end; gives exit code and what it says. */
async function run(
  settings: Record<string, string>,
  args: readonly string[] = ['serve']
): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [program('core/cli.js'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', HOST: '127.0.0.1', ...settings },
    stdio: ['ignore', 'ignore', 'pipe']
  })
  const said = text(child.stderr)
  const [code] = (await once(child, 'exit')) as [number]
  return { code, said: await said }
}

function testServers(postgres: Postgres): void {
  t.test('a database that cannot be used ends the start with one sentence', async t => {
    await postgres.query("create role small login password 'pw'")
    const DATABASE_URL = await postgres.create()
    const { pathname } = new URL(DATABASE_URL)
    const small = `postgres://small:hidden@127.0.0.1:${postgres.port}${pathname}`
    const keys = { SECRET_KEY, API_KEY: 'k', DATABASE_WAIT: '1' }
    // Why else one cannot be used is in start-failure.test.ts and tls.test.ts.
    const wrong: readonly [Record<string, string>, RegExp][] = [
      [{ DATABASE_URL, API_KEY: 'k' }, /DATABASE_URL needs SECRET_KEY/],
      [{ DATABASE_URL, SECRET_KEY }, /DATABASE_URL needs API_KEY/],
      [{ DATABASE_URL: 'mysql://x:hidden@h/d', ...keys }, /DATABASE_URL must be the address/],
      [{ DATABASE_URL: `${DATABASE_URL}&nope=1`, ...keys }, /has the parameter nope/],
      [{ DATABASE_URL: 'postgres://u:hidden@127.0.0.1:1/x', ...keys }, /Nothing takes connections/],
      [{ DATABASE_URL: small, ...keys }, /has not the rights/]
    ]
    const ends = await Promise.all(
      wrong.map(async ([settings]) => run({ DATA_DIR: await temporaryFolder(t), ...settings }))
    )
    for (const [i, { code, said }] of ends.entries()) {
      t.equal(code, 1)
      t.match(said, wrong[i]?.[1])
      t.notMatch(said, /\n\s+at |hidden/, 'neither a stack nor a password')
      const lines = said.trimEnd().split('\n')
      t.equal(lines.filter(line => !line.startsWith(' ')).length, 1, 'one sentence')
    }
  })

  t.test('a server with other keys is refused', async t => {
    const DATABASE_URL = await postgres.create()
    await startServer(t, { DATABASE_URL, SECRET_KEY, API_KEY: 'one' })
    const others = [
      [{ SECRET_KEY: 'cd'.repeat(32), API_KEY: 'one' }, /SECRET_KEY is another one/],
      [{ SECRET_KEY, API_KEY: 'two' }, /API_KEY is another one/]
    ] as const
    for (const [keys, why] of others) {
      const { code, said } = await run({
        DATABASE_URL,
        DATA_DIR: await temporaryFolder(t),
        ...keys
      })
      t.equal(code, 1)
      t.match(said, why)
    }
  })

  t.test('a schema newer by one addition is served, one newer by more is not', async t => {
    const DATABASE_URL = await postgres.create()
    const settings = { DATABASE_URL, SECRET_KEY, API_KEY: 'k' }
    await (await startServer(t, settings)).stop()
    await postgres.query(
      "insert into migrations (name, applied_at) values ('9998-x.sql', 0)",
      DATABASE_URL
    )
    await (await startServer(t, settings)).stop()
    await postgres.query(
      "insert into migrations (name, applied_at) values ('9999-y.sql', 0)",
      DATABASE_URL
    )
    const { code, said } = await run({ ...settings, DATA_DIR: await temporaryFolder(t) })
    t.equal(code, 1)
    t.match(said, /written by a newer version: it has the migrations 9998-x.sql, 9999-y.sql/)
  })

  t.test('several servers that start at once on an empty database all serve', async t => {
    const settings = { DATABASE_URL: await postgres.create(), SECRET_KEY }
    const servers = await Promise.all([1, 2, 3].map(() => startServer(t, settings)))
    for (const { base } of servers) t.equal((await fetch(`${base}/readyz`)).status, 200)
  })

  t.test('it is not ready while the database is away, and serves again afterwards', async t => {
    const own = await startPostgres(t)
    const settings = { DATABASE_URL: await own.create(), SECRET_KEY, DATABASE_WAIT: '1' }
    const server = await startServer(t, settings)
    const { base, key, output } = server
    const headers = { authorization: `Bearer ${key}` }
    const id = await addFunction(server, 'function handler() return { body = "y" } end')
    t.equal((await fetch(`${base}/fn/${id}`)).status, 200)
    await own.stop('immediate')
    await eventually(t, async () => (await fetch(`${base}/readyz`)).status, 503)
    t.equal((await fetch(`${base}/api/functions`, { headers })).status, 503)
    t.equal((await fetch(`${base}/fn/${id}`)).status >= 500, true)
    await own.start()
    await eventually(t, async () => (await fetch(`${base}/readyz`)).status, 200)
    await eventually(t, async () => (await fetch(`${base}/fn/${id}`)).status, 200)
    t.notMatch(output(), /uncaught/i)
  })

  t.test('what concerns a file says what to use instead', async t => {
    const settings = {
      DATABASE_URL: await postgres.create(),
      SECRET_KEY,
      API_KEY: 'k',
      DATA_DIR: await temporaryFolder(t)
    }
    const { code, said } = await run(settings, ['backup', 'x.db'])
    t.equal(code, 1)
    t.match(said, /pg_dump/)
  })
}

await onPostgres(t, testServers)
