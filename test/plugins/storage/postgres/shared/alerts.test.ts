/** Alerts of several servers on one database: what happens anywhere counts, and is told once. */
import t from 'tap'
import { eventually } from '../../../../helpers/eventually.js'
import { onPostgres, type Postgres } from '../../../../helpers/postgres.js'
import {
  addFunction,
  ask,
  SECRET_KEY,
  startServer,
  type StartedServer
} from '../../../../helpers/server.js'
import { startReceiver } from '../../../alerts/receivers.js'

function testAlerts(postgres: Postgres): void {
  t.test('failures on all servers make one message, also when the one that tells dies', async t => {
    const receiver = await startReceiver(t)
    const settings = { DATABASE_URL: await postgres.create(), SECRET_KEY }
    const first = await startServer(t, settings)
    const others = await Promise.all([startServer(t, settings), startServer(t, settings)])
    const servers = [first, ...others]
    const [, two, three] = servers as [StartedServer, StartedServer, StartedServer]
    const id = await addFunction(two, 'function handler() error("no") end')
    const rule = (path: string, threshold: number) => ({
      name: 'failures',
      on: 'failure',
      function_id: id,
      threshold,
      window_minutes: 60,
      target: { kind: 'webhook', url: `${receiver.url}/${path}` }
    })
    const create = (server: StartedServer, path: string, threshold: number) =>
      ask<{ id: string }>(server, '/api/alerts', rule(path, threshold))
    const isKnown = async (alert: string) => {
      const lists = await Promise.all(
        servers.map(server => ask<{ alerts: { id: string }[] }>(server, '/api/alerts'))
      )
      return lists.every(({ alerts }) => alerts.some(one => one.id === alert))
    }
    const fail = async (server: StartedServer, count: number) => {
      for (let i = 0; i < count; i++) await (await fetch(`${server.base}/fn/${id}`)).text()
    }
    const told = (path: string) =>
      receiver.received.filter(hook => hook.path === `/${path}`).map(({ json }) => json.count)

    // The first one leads; the rule is made on another one.
    const one = await create(two, 'one', 6)
    await eventually(t, () => isKnown(one.id), true)
    for (const server of servers) await fail(server, 2)
    await eventually(t, () => told('one'), [6])
    const stateOn = async (server: StartedServer) =>
      (await ask<{ state: string }>(server, `/api/alerts/${one.id}`)).state
    for (const server of servers) await eventually(t, () => stateOn(server), 'firing')

    await first.stop('SIGKILL')
    servers.shift()
    const two2 = await create(three, 'two', 4)
    await eventually(t, () => isKnown(two2.id), true)
    for (const server of servers) await fail(server, 2)
    await eventually(t, () => told('two'), [4])
    await ask(two, `/api/alerts/${two2.id}`, undefined, 'DELETE')
    await eventually(
      t,
      async () => (await ask<{ alerts: unknown[] }>(three, '/api/alerts')).alerts.length,
      1
    )
    t.same(told('one'), [6], 'nor is anything told again')
    t.same(told('two'), [4])
  })
}

await onPostgres(t, testAlerts)
