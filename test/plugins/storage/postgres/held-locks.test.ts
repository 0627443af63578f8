/** Two servers and one value: what the first has sent it knows, until the second may have written behind it. */
import t, { type Test } from 'tap'
import { parseDatabaseUrl } from '../../../../config/database-url.js'
import { Connection } from '../../../../plugins/storage/postgres/db/connection.js'
import type { PostgresStorage } from '../../../../plugins/storage/postgres/storage.js'
import { eventually } from '../../../helpers/eventually.js'
import { missingPostgres, startPostgres, type Postgres } from '../../../helpers/postgres.js'
import { startRelay, type Relay } from '../../../helpers/relay.js'
import { bytes, createFunction } from '../../../contracts/storage-fixtures.js'
import { openAt } from './open-postgres.js'

const missing = missingPostgres()
if (missing !== undefined) t.plan(0, missing)
else testLocks(await startPostgres(t))

interface Parts {
  readonly relay: Relay
  /** Behind the relay. */
  readonly storage: PostgresStorage
  readonly other: PostgresStorage
  readonly id: string
  /** How many locks are waited for. */
  readonly countWaiting: () => Promise<number>
}

async function openParts(t: Test, postgres: Postgres): Promise<Parts> {
  const url = await postgres.create()
  const relay = await startRelay(t, postgres.port)
  const other = await openAt(t, url)
  const storage = await openAt(t, url.replace(`:${postgres.port}/`, `:${relay.port}/`))
  const id = await createFunction(storage)
  await storage.functions.find(id)
  const address = parseDatabaseUrl(url)
  const host = { host: '127.0.0.1', port: postgres.port }
  const connection = await Connection.open({ address, host, statementTimeoutMs: 60_000 })
  t.teardown(() => connection.close())
  const sql = "select count(*) as n from pg_locks where locktype = 'advisory' and not granted"
  const countWaiting = async () =>
    Number((await connection.run([{ sql, values: [] }]))[0]?.rows[0]?.['n'])
  return { relay, storage, other, id, countWaiting }
}

const set = (storage: PostgresStorage, id: string, value: string) =>
  storage.kv.set(id, bytes('k'), bytes(value))

const text = (value: Uint8Array | undefined) => value && Buffer.from(value).toString()

const get = async (storage: PostgresStorage, id: string) =>
  text(await storage.kv.get(id, bytes('k')))

function testLocks(postgres: Postgres): void {
  t.test('another server writes behind a value once its answer has come, not before', async t => {
    const { relay, storage, other, id, countWaiting } = await openParts(t, postgres)
    relay.set({ toClient: 'hold' })
    const first = set(storage, id, 'a')
    await eventually(t, () => get(other, id), 'a', 'it is committed')
    const known = storage.kv.get(id, bytes('k'))
    t.ok(known instanceof Uint8Array, 'a read asks nobody')
    let isDone = false
    const second = set(other, id, 'b').then(() => {
      isDone = true
    })
    await eventually(t, countWaiting, 1)
    t.notOk(isDone)
    relay.heal()
    await Promise.all([first, second])
    t.equal(await get(storage, id), 'b')
    await eventually(t, countWaiting, 0)
  })

  t.test('a server that has come to a stop keeps no value locked, and trusts none', async t => {
    const { relay, storage, other, id } = await openParts(t, postgres)
    relay.set({ toClient: 'hold' })
    const first = set(storage, id, 'a')
    await eventually(t, () => get(other, id), 'a', 'it is committed')
    await set(other, id, 'b')
    const read = get(storage, id)
    relay.heal()
    t.equal(await read, 'b')
    await first
    t.equal(await get(other, id), 'b', 'it was not written again')
  })

  t.test('locks are given back when nothing else is written', async t => {
    const { storage, other, id, countWaiting } = await openParts(t, postgres)
    for (let i = 0; i < 20; i++) {
      await set(storage, id, `a${i}`)
      t.equal(await get(other, id), `a${i}`)
      await set(other, id, `b${i}`)
      t.equal(await get(storage, id), `b${i}`)
    }
    t.equal(await countWaiting(), 0)
  })
}
