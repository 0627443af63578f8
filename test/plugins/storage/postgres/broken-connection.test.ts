/** Connections to PostgreSQL that break while something is under way: each write is done once, and its caller told. */
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { eventually } from '../../../helpers/eventually.js'
import { onPostgres, type Postgres } from '../../../helpers/postgres.js'
import { startRelay, type Relay } from '../../../helpers/relay.js'
import {
  bytes,
  createFunction,
  finished,
  ids,
  newExecution,
  NOW,
  PAGE
} from '../../../contracts/storage-fixtures.js'
import type { PostgresStorage } from '../../../../plugins/storage/postgres/storage.js'
import { openAt } from './open-postgres.js'

interface Parts {
  readonly relay: Relay
  /** Behind the relay. */
  readonly storage: PostgresStorage
  /** Not behind it. */
  readonly other: PostgresStorage
  /** A function with some history. */
  readonly id: string
}

async function openParts(t: Test, postgres: Postgres, waitMs = 20_000): Promise<Parts> {
  const url = await postgres.create()
  const relay = await startRelay(t, postgres.port)
  const other = await openAt(t, url)
  const storage = await openAt(t, url.replace(`:${postgres.port}/`, `:${relay.port}/`), { waitMs })
  const id = await createFunction(storage)
  await run(storage, id)
  return { relay, storage, other, id }
}

async function run(storage: PostgresStorage, id: string): Promise<string> {
  const execution = newExecution(id)
  storage.executions.begin(execution)
  await storage.executions.finish(finished(execution))
  return execution.id
}

const newJob = (functionId: string, delayMs = 0) => ({
  id: ids.next(),
  functionId,
  trigger: 'http',
  createdAt: NOW * 1000,
  dueAt: NOW * 1000 + delayMs,
  event: { method: 'GET', path: '/', relativePath: '/', headers: {}, query: {}, body: bytes('') },
  caller: undefined
})

const countOf = async (storage: PostgresStorage, id: string) =>
  (await storage.executions.list(id, PAGE)).total

const numberOf = async (storage: PostgresStorage, id: string) =>
  Number(Buffer.from((await storage.kv.get(id, bytes('n'))) ?? '0').toString())

/** The answers to what is asked from now on are lost. */
async function loseAnswers<T>(
  t: Test,
  { relay }: Parts,
  ask: () => Promise<T>,
  isDone: () => Promise<boolean>,
  /** Of what has this text in it, and of what follows. */
  text?: string
): Promise<T> {
  if (text === undefined) relay.set({ toClient: 'lose' })
  else relay.loseAfter(text)
  const asked = ask()
  asked.catch(() => {})
  await eventually(t, isDone, true, 'the database has it')
  relay.cut()
  relay.heal()
  return asked
}

const nextTick = () => new Promise(resolve => setImmediate(resolve))

function testBroken(postgres: Postgres): void {
  t.test('what was committed before its answer was lost is acknowledged once', async t => {
    const parts = await openParts(t, postgres)
    const { storage, other, id } = parts
    await loseAnswers(
      t,
      parts,
      () => Promise.all([run(storage, id), run(storage, id), run(storage, id)]),
      async () => (await countOf(other, id)) === 4
    )
    t.equal(await countOf(storage, id), 4)

    const job = newJob(id, 3_600_000)
    const added = await loseAnswers(
      t,
      parts,
      () => storage.jobs.add(job),
      async () => (await other.jobs.find(job.id)) !== undefined
    )
    t.same(added, { id: job.id, isNew: true })
    t.equal((await storage.jobs.list(PAGE)).total, 1)

    const second = await loseAnswers(
      t,
      parts,
      () => createFunction(storage),
      async () => (await other.functions.list(PAGE)).total === 2,
      // Its connection is a new one, to which no statement is known.
      '\0commit\0'
    )
    t.equal((await storage.functions.find(second))?.fn.id, second, 'a transaction')
    t.equal((await storage.functions.list(PAGE)).total, 2)
  })

  t.test('a claim of jobs whose answer was lost for good does not keep them', async t => {
    const { relay, storage, other, id } = await openParts(t, postgres, 300)
    const job = newJob(id)
    await storage.jobs.add(job)
    const claim = () =>
      storage.jobs.claim({
        owner: 'one',
        now: NOW * 1000,
        leaseUntil: NOW * 1000 + 30_000,
        limit: 1,
        nextExecutionId: () => ids.next()
      })
    relay.cut()
    await eventually(t, () => countOf(storage, id), 1)
    relay.loseAfter('\0commit\0')
    await t.rejects(claim(), { code: 'DATABASE_UNAVAILABLE' })
    t.match(await other.jobs.find(job.id), { status: 'running', attempt: 1 })
    relay.cut()
    relay.heal()
    await eventually(t, async () => (await claim()).map(({ attempt }) => attempt), [1])
  })

  t.test('a number whose answer was lost is not added twice', async t => {
    const parts = await openParts(t, postgres)
    const { storage, other, id } = parts
    const adding = loseAnswers(
      t,
      parts,
      () => storage.kv.increment(id, bytes('n'), 1),
      async () => (await numberOf(other, id)) === 1
    )
    await t.rejects(adding, { code: 'DATABASE_UNAVAILABLE' })
    t.equal(await storage.kv.increment(id, bytes('n'), 1), 2)
  })

  t.test('what did not arrive is sent again, and what arrives late then has no effect', async t => {
    const { relay, storage, other, id } = await openParts(t, postgres)
    relay.set({ toServer: 'hold' })
    const waiting = Promise.all([
      run(storage, id),
      storage.kv.increment(id, bytes('n'), 1),
      storage.kv.increment(id, bytes('n'), 1)
    ])
    // The server's ends stay open, with what was sent to them on its way.
    relay.cut('client')
    relay.set({ toServer: 'pass' })
    await waiting
    t.equal(await numberOf(other, id), 2)
    relay.heal()
    await storage.kv.increment(id, bytes('n'), 1)
    await eventually(t, () => numberOf(other, id), 3)
    t.equal(await countOf(other, id), 2)
  })

  t.test('what breaks in the middle of a batch is done once', async t => {
    const { relay, storage, other, id } = await openParts(t, postgres)
    const told = { acknowledged: 0, unknown: 0 }
    const answers = () => told.acknowledged + told.unknown
    const over = new AbortController()
    const adding = Array.from({ length: 8 }, async () => {
      while (!over.signal.aborted) {
        try {
          await storage.kv.increment(id, bytes('n'), 1)
          told.acknowledged++
        } catch {
          told.unknown++
        }
      }
    })
    // At all points of a batch: what comes of each of them is sent, arrives, is answered.
    for (let i = 0; i < 25; i++) {
      const before = answers()
      while (answers() <= before + i) await nextTick()
      const received = relay.received()
      while (relay.received() === received) await nextTick()
      relay.cut()
    }
    over.abort()
    await Promise.all(adding)
    const n = await numberOf(other, id)
    const { acknowledged, unknown } = told
    t.ok(n >= acknowledged && n <= acknowledged + unknown, `${n}, ${acknowledged}, ${unknown}`)
  })

  t.test('a server that does not answer is left for a new connection', async t => {
    const { relay, storage, other, id } = await openParts(t, postgres, 60_000)
    let isKnown = false
    relay.stall()
    const waiting = [run(storage, id), run(storage, id)]
    const reading = storage.functions.find(id)
    const asking = async (): Promise<void> => {
      while (!isKnown) {
        storage.probe().catch(() => {
          isKnown = true
        })
        await pause(200)
      }
    }
    await asking()
    relay.set({ toServer: 'pass', toClient: 'pass' })
    await Promise.all(waiting)
    t.equal((await reading)?.fn.id, id)
    t.equal(await countOf(other, id), 3)
    await storage.probe()
  })
}

await onPostgres(t, testBroken)
