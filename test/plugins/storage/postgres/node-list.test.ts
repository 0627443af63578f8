/** The servers on one database, as the API and `moonlet nodes` show them. */
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { moonletVersion } from '../../../../core/base/version.js'
import { buildApi } from '../../../helpers/api.js'
import { temporaryFolder } from '../../../helpers/build.js'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, type Postgres } from '../../../helpers/postgres.js'
import { ask, SECRET_KEY, startServer, type StartedServer } from '../../../helpers/server.js'

const program = fileURLToPath(new URL('../../../../core/cli.js', import.meta.url))

interface Node {
  readonly id: number
  readonly this: boolean
  readonly status: string
  readonly leads: boolean
  readonly version: string
  readonly sandboxes?: object
  readonly changes_behind?: number
}

async function nodesOf(server: StartedServer): Promise<Node[]> {
  const { database, nodes } = await ask<{ database: string; nodes: Node[] }>(server, '/api/nodes')
  if (database !== 'postgresql') throw new Error(`the database is ${database}`)
  return nodes
}

async function runNodes({ base, key }: StartedServer, home: string, ...args: string[]) {
  const child = spawn(process.execPath, [program, 'nodes', ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, MOONLET_URL: base, MOONLET_TOKEN: key },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { out, err }
}

function testNodes(postgres: Postgres): void {
  t.test('a start that fails leaves nothing behind, and not every death is shown', async t => {
    const DATABASE_URL = await postgres.create()
    const one = await startServer(t, { DATABASE_URL, SECRET_KEY })
    const failing = join(await temporaryFolder(t), 'failing.mjs')
    await writeFile(
      failing,
      "export default Object.assign(async () => { throw new Error('not today') }, { [Symbol.for('moonlet.plugin')]: { name: 'failing', moonlet: '>=0.1.0', start() {} } })"
    )
    const PORT = new URL(one.base).port
    for (const [settings, why] of [
      [{ PORT }, /Port \d+ of 127\.0\.0\.1 is in use/],
      [{ PLUGINS: failing }, /not today/]
    ] as const) {
      const start = startServer(t, { DATABASE_URL, SECRET_KEY, ...settings })
      await t.rejects(start, { message: why })
    }
    t.match(await nodesOf(one), [{ id: 1, this: true }])
    t.equal((await nodesOf(one)).length, 1)

    await postgres.query(
      `insert into nodes (name, host, version, started_at, lease_until)
       select 'dead ' || n, 'h', '0.1.0', 1, now_ms() - 1 from generate_series(1, 30) n`,
      DATABASE_URL
    )
    const gone = (await nodesOf(one)).filter(({ status }) => status === 'gone')
    t.equal(gone.length, 20)
  })

  t.test('each server shows all of them, and says which is itself', async t => {
    const DATABASE_URL = await postgres.create()
    const one = await startServer(t, { DATABASE_URL, SECRET_KEY })
    const two = await startServer(t, { DATABASE_URL, SECRET_KEY })
    const [first, second] = await nodesOf(one)
    t.match(
      [first, second],
      [
        { this: true, status: 'up', leads: true },
        { this: false, status: 'up', leads: false }
      ]
    )
    t.same(
      (await nodesOf(two)).map(node => [node.id, node.this]),
      [
        [first?.id, false],
        [second?.id, true]
      ]
    )
    await eventually(
      t,
      async () => {
        const [, other] = await nodesOf(one)
        return JSON.stringify(other)
      },
      new RegExp(
        `"seen_ms_ago":\\d+.*"port":${new URL(two.base).port}.*"sandboxes":.*"sandbox_max":\\d+,` +
          '"calls_per_second":[\\d.]+,"event_loop_delay_ms":\\d+,"changes_behind":0,"clock_ahead_ms":-?\\d+'
      )
    )

    const home = await temporaryFolder(t)
    const { out } = await runNodes(one, home)
    t.match(out, /^ID +STATUS +VERSION +HOST .*LEADS +LOAD +CALLS\/S .*DELAY +BEHIND +CLOCK$/m)
    t.match(
      out,
      new RegExp(`^${first?.id}\\* +up +${moonletVersion} +\\S+:${new URL(one.base).port} `, 'm')
    )

    // One of an earlier version, which knows nothing of figures.
    await postgres.query(
      `insert into nodes (name, host, version, started_at, lease_until)
       values ('older', 'elsewhere', '0.0.9', 1, 4000000000000)`,
      DATABASE_URL
    )
    const mixed = await runNodes(one, home, '--json')
    t.match(JSON.parse(mixed.out).nodes[2], { host: 'elsewhere', version: '0.0.9', status: 'up' })
    const { err } = await runNodes(one, home)
    t.match(
      err,
      `Servers of 2 versions work together (0.0.9, ${moonletVersion}): upgrade the older ones.`
    )

    await two.stop('SIGKILL')
    await postgres.query(
      `update nodes set lease_until = now_ms() - 1 where id = ${second?.id ?? 0}`,
      DATABASE_URL
    )
    t.match((await nodesOf(one))[1], { id: second?.id, status: 'gone' })
    await postgres.query(
      `update nodes set lease_until = 1 where id = ${second?.id ?? 0}`,
      DATABASE_URL
    )
    t.same(
      (await nodesOf(one)).map(({ id }) => id === second?.id),
      [false, false]
    )
  })
}

await onPostgres(t, testNodes)

t.test('on SQLite there is the one server', async t => {
  const { call } = await buildApi(t)
  const { json } = await call('GET', '/api/nodes')
  t.match(json, {
    database: 'sqlite',
    nodes: [
      {
        id: 1,
        this: true,
        status: 'up',
        host: hostname(),
        pid: process.pid,
        version: moonletVersion,
        sandboxes: { busy: 0, waiting: 0 }
      }
    ]
  })
  t.equal(json.nodes.length, 1)
  t.ok(Math.abs(json.nodes[0].seen_at - Date.now() / 1000) < 60)
  t.equal((await call('GET', '/api/status')).json.database, 'sqlite')
})
