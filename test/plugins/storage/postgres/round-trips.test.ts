/** How often a call asks the database, whatever its front door wants to know: the server as it is, over HTTP. */
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { PostgresStorage } from '../../../../plugins/storage/postgres/storage.js'
import { buildApi } from '../../../helpers/api.js'
import { eventually } from '../../../helpers/eventually.js'
import { missingPostgres, startPostgres, type Postgres } from '../../../helpers/postgres.js'
import { startRelay } from '../../../helpers/relay.js'
import { createFunction, ids, NOW } from '../../../contracts/storage-fixtures.js'
import { openAt } from './open-postgres.js'

const missing = missingPostgres()
if (missing !== undefined) t.plan(0, missing)
else testTrips(await startPostgres(t))

const SECRET_KEY = 'ab'.repeat(32)
const CALLS = 40
const HELLO = 'function handler(ctx, event) return { statusCode = 200, body = "hello" } end'
const COUNTER = `function handler(ctx, event)
  local n = tonumber(kv.get("n") or "0") + 1
  kv.set("n", tostring(n))
  log.info("counted")
  return { statusCode = 200, body = tostring(n) }
end`

interface Server {
  readonly storage: PostgresStorage
  readonly create: (code: string, settings?: object) => Promise<string>
  /** Runs of jobs. */
  readonly ended: () => number
  /** Calls it `CALLS` times, each from an address of its own; gives the round trips of each, on average. */
  readonly count: (id: string, headers?: Record<string, string>) => Promise<number>
}

async function open(t: Test, url: string): Promise<Server> {
  const { app, call } = await buildApi(t, {
    DATABASE_URL: url,
    SECRET_KEY,
    TRUST_PROXY: 'true'
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const storage = app.storage as PostgresStorage
  let jobs = 0
  app.invoker.onCall(({ trigger }) => {
    if (trigger === 'job' || trigger === 'http') jobs++
  })
  let address = 0
  const ask = async (id: string, headers: Record<string, string>): Promise<void> => {
    const from = `10.0.${address >> 8}.${address++ & 255}`
    const key = { 'idempotency-key': `k${address}` }
    const all = {
      ...headers,
      'x-forwarded-for': from,
      ...(headers['prefer'] === undefined ? {} : key)
    }
    const response = await fetch(`${base}/fn/${id}`, { headers: all })
    await response.arrayBuffer()
    t.ok(response.ok, `${response.status}`)
  }
  return {
    storage,
    ended: () => jobs,
    create: async (code, settings = {}) =>
      (await call('POST', '/api/functions', { name: 'f', code, ...settings })).json.id,
    async count(id, headers = {}) {
      for (let i = 0; i < 3; i++) await ask(id, headers)
      const before = storage.roundTrips
      for (let i = 0; i < CALLS; i++) await ask(id, headers)
      return (storage.roundTrips - before) / CALLS
    }
  }
}

function testTrips(postgres: Postgres): void {
  t.test('a call costs at most two round trips besides its own reads', async t => {
    const { create, count } = await open(t, await postgres.create())
    const perMinute = { requests: 3, seconds: 60, by: 'ip' }
    const cases: ReadonlyArray<readonly [string, number, string, object?]> = [
      ['hello', 1, HELLO],
      ['a counter, with its read', 2, COUNTER],
      ['a rate limit of a few calls', 2, HELLO, { rate_limit: perMinute }],
      ['two places', 2, HELLO, { max_concurrency: 2 }],
      ['both', 2, HELLO, { rate_limit: perMinute, max_concurrency: 2 }]
    ]
    for (const [name, most, code, settings] of cases) {
      const trips = await count(await create(code, settings))
      // What the server does beside calls is a few in all.
      t.ok(trips < most + 0.5, `${name}: ${trips}`)
    }
  })

  t.test('two servers that share the calls ask no more often than one', async t => {
    const url = await postgres.create()
    const [one, two] = [await open(t, url), await open(t, url)]
    const cases = [
      [1, HELLO],
      [2, COUNTER]
    ] as const
    for (const [most, code] of cases) {
      const id = await one.create(code)
      const trips = await Promise.all([one.count(id), two.count(id)])
      t.ok(Math.max(...trips) < most + 0.5, `${trips}`)
    }
  })

  t.test('a job costs one for its call, and a few to run alone', async t => {
    const { create, count, storage, ended } = await open(t, await postgres.create())
    const id = await create(HELLO)
    const kept = await count(id, { prefer: 'respond-async', 'moonlet-delay': '3600' })
    t.ok(kept < 1.5, `kept: ${kept}`)
    const before = storage.roundTrips
    await count(id, { prefer: 'respond-async' })
    await eventually(t, ended, CALLS + 3)
    const run = (storage.roundTrips - before) / (CALLS + 3)
    t.comment(`with its run: ${run}`)
    t.ok(run < 6, `with its run: ${run}`)
  })

  t.test('a page of a list reads no code but its own, in a few round trips', async t => {
    const relay = await startRelay(t, postgres.port)
    const url = (await postgres.create()).replace(`:${postgres.port}/`, `:${relay.port}/`)
    const storage = await openAt(t, url)
    const code = `-- ${'x'.repeat(50_000)}`
    for (let i = 0; i < 20; i++) {
      const id = ids.next()
      const [name, now] = [`m${i}`, NOW]
      await storage.modules.create({ id, name, description: undefined, code, now })
      await createFunction(storage, { name, code })
    }
    const page = { limit: 2, offset: 3 }
    const byName = { sort: 'name', order: 'desc' } as const
    const lists = [
      async () => storage.modules.list(page, '', byName),
      async () => storage.modules.list(page, 'm', byName),
      async () => storage.functions.list(page, undefined, byName),
      async () => storage.functions.list(page, 'm', byName)
    ]
    for (const list of lists) {
      const [bytes, trips] = [relay.received(), storage.roundTrips]
      const { rows, total } = await list()
      t.same([rows.length, total], [2, 20])
      t.ok(relay.received() - bytes < 4 * code.length, `${relay.received() - bytes} bytes`)
      t.ok(storage.roundTrips - trips <= 6, `${storage.roundTrips - trips} round trips`)
    }
  })
}
