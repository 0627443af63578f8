/** Limits that hold for all servers on one database together. */
import t, { type Test } from 'tap'
import type { RateLimit } from '../../../../../core/contracts/front-door.js'
import type { PostgresStorage } from '../../../../../plugins/storage/postgres/storage.js'
import { eventually } from '../../../../helpers/eventually.js'
import { onPostgres, startPostgres, type Postgres } from '../../../../helpers/postgres.js'
import { openAt } from '../open-postgres.js'

const perHour = (requests: number): RateLimit => ({ requests, seconds: 3600, by: 'function' })

async function openSome(t: Test, url: string, count: number): Promise<PostgresStorage[]> {
  return Promise.all(Array.from({ length: count }, () => openAt(t, url)))
}

/** What `ask` gives for each of many calls, spread over the servers. */
const spread = <T>(
  servers: readonly PostgresStorage[],
  count: number,
  ask: (server: PostgresStorage, i: number) => Promise<T>
): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => ask(servers[i % servers.length]!, i)))

function testRates(postgres: Postgres): void {
  t.test('a small rate limit lets in exactly as many calls, over all servers', async t => {
    const servers = await openSome(t, await postgres.create(), 3)
    const count = (server: PostgresStorage) => server.shared.rates.count('f', perHour(10), 'c')
    const first: boolean[] = []
    for (let i = 0; i < 10; i++) first.push((await count(servers[i % 3]!)).isExceeded)
    t.same(first, Array(10).fill(false), 'one after the other')
    const states = await spread(servers, 30, count)
    t.same(new Set(states.map(({ isExceeded }) => isExceeded)), new Set([true]))
    t.ok(states.every(({ remaining, resetMs }) => remaining === 0 && resetMs > 3_000_000))
  })

  t.test('a large one is never exceeded, and costs far fewer round trips than calls', async t => {
    const servers = await openSome(t, await postgres.create(), 3)
    const count = (server: PostgresStorage) => server.shared.rates.count('f', perHour(3000), 'c')
    const before = servers.map(({ roundTrips }) => roundTrips)
    let isAdmitted = 0
    // Each server is called by 20 callers who wait for their answers.
    await spread(servers, 60, async server => {
      for (let i = 0; i < 100; i++) if (!(await count(server)).isExceeded) isAdmitted++
    })
    const trips = servers.reduce((sum, { roundTrips }, i) => sum + roundTrips - before[i]!, 0)
    t.ok(isAdmitted <= 3000, `${isAdmitted} of 3000`)
    t.ok(trips < 1000, `${trips} round trips for 6000 calls`)
    // What was not used comes back.
    await eventually(
      t,
      async () => {
        for (const server of servers) if (!(await count(server)).isExceeded) isAdmitted++
        return isAdmitted
      },
      3000
    )
  })

  t.test('a window ends, callers and limits are counted apart', async t => {
    const [one, two] = await openSome(t, await postgres.create(), 2)
    const limit: RateLimit = { requests: 1, seconds: 1, by: 'caller' }
    const isExceeded = async (server: PostgresStorage, caller: string, by = limit) =>
      (await server.shared.rates.count('f', by, caller)).isExceeded
    // In an hour, so that no window ends meanwhile.
    const rare = { ...limit, seconds: 3600 }
    t.equal(await isExceeded(one!, 'a', rare), false)
    t.equal(await isExceeded(two!, 'a', rare), true)
    t.equal(await isExceeded(two!, 'b', rare), false)
    t.equal(await isExceeded(two!, 'a', { ...rare, requests: 2 }), false)
    await isExceeded(one!, 'a')
    await eventually(t, () => isExceeded(two!, 'a'), false)
  })

  t.test('the use of a limit is told by each server, of all calls and callers', async t => {
    const [one, two] = await openSome(t, await postgres.create(), 2)
    const limit = perHour(100)
    const unused = { used: 0, callers: 0, resetMs: undefined }
    t.same(await one!.shared.rates.use('f', limit), unused)
    for (let i = 0; i < 3; i++) await one!.shared.rates.count('f', limit, 'a')
    await two!.shared.rates.count('f', limit, 'a')
    await two!.shared.rates.count('f', limit, 'b')
    await two!.shared.rates.count('g', limit, 'a')
    // What a server holds for calls to come it gives back within a moment.
    for (const server of [one, two]) {
      const use = () => server!.shared.rates.use('f', limit)
      await eventually(t, async () => (await use()).used, 4)
      const { callers, resetMs = 0 } = await use()
      t.equal(callers, 2)
      t.ok(resetMs > 3_000_000 && resetMs <= 3_600_000)
    }
    for (let i = 0; i < 5; i++) await two!.shared.rates.count('small', perHour(2), 'a')
    t.match(await one!.shared.rates.use('small', perHour(2)), { used: 2, callers: 1 })
    t.same(await one!.shared.rates.use('small', perHour(3)), unused, 'another limit begins anew')
    const brief: RateLimit = { requests: 5, seconds: 1, by: 'ip' }
    await one!.shared.rates.count('brief', brief, 'a')
    await eventually(t, () => two!.shared.rates.use('brief', brief), unused)
  })

  t.test('while the database is away a limit is not open', async t => {
    const own = await startPostgres(t)
    const server = await openAt(t, await own.create(), { waitMs: 300 })
    await server.shared.rates.count('f', perHour(10), 'c')
    await own.stop('immediate')
    await t.rejects(server.shared.rates.use('f', perHour(10)), { code: 'DATABASE_UNAVAILABLE' })
    await t.rejects(server.shared.rates.count('f', perHour(10), 'c'), {
      code: 'DATABASE_UNAVAILABLE'
    })
    await t.rejects(Promise.resolve(server.shared.places.take('f', 1)), {
      code: 'DATABASE_UNAVAILABLE'
    })
    await own.start()
    await eventually(
      t,
      async () => (await server.shared.rates.count('f', perHour(10), 'c')).isExceeded,
      false
    )
    const release = await server.shared.places.take('f', 1)
    t.ok(release, 'a place that was asked for in vain is not held')
    release?.()
  })
}

function testPlaces(postgres: Postgres): void {
  t.test('never more calls are in progress than max_concurrency, over all servers', async t => {
    const servers = await openSome(t, await postgres.create(), 3)
    for (const limit of [1, 5, 64]) {
      let running = 0
      let most = 0
      let admitted = 0
      await spread(servers, 120, async (server, i) => {
        for (let round = 0; round < 15; round++) {
          const release = await server.shared.places.take(`f${limit}`, limit)
          if (release === undefined) continue
          admitted++
          most = Math.max(most, ++running)
          await new Promise(resolve => setTimeout(resolve, i % 3))
          running--
          release()
        }
      })
      t.ok(most <= limit, `${most} of ${limit}`)
      t.ok(admitted >= limit, `${admitted} calls`)
    }
  })

  t.test('nor where calls come one by one, and places are given back meanwhile', async t => {
    const servers = await openSome(t, await postgres.create(), 3)
    const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
    let running = 0
    let most = 0
    await spread(servers, 9, async (server, i) => {
      for (let round = 0; round < 150; round++) {
        const release = await server.shared.places.take('f', 2)
        if (release !== undefined) {
          most = Math.max(most, ++running)
          await wait((i + round) % 4)
          running--
          release()
        }
        await wait((i * round) % 5)
      }
    })
    t.ok(most <= 2, `${most} of 2`)
  })

  t.test('a caller who has an answer finds its place free on another server', async t => {
    const servers = await openSome(t, await postgres.create(), 3)
    for (let i = 0; i < 30; i++) {
      const release = await servers[i % 3]!.shared.places.take('f', 1)
      t.ok(release)
      release?.()
    }
  })

  t.test('where most places are free, calls need no round trip', async t => {
    const server = await openAt(t, await postgres.create())
    const call = async () => {
      const release = await server.shared.places.take('f', 1000)
      release?.()
    }
    for (let i = 0; i < 5; i++) await call()
    const before = server.roundTrips
    for (let i = 0; i < 1000; i++) await call()
    t.ok(server.roundTrips - before < 100, `${server.roundTrips - before}`)
  })

  t.test('what a server held that is gone is free once its lease has run out', async t => {
    const url = await postgres.create()
    const [one, two] = await openSome(t, url, 2)
    const release = await one!.shared.places.take('f', 1)
    t.ok(release)
    t.equal(await two!.shared.places.take('f', 1), undefined)
    const end = async (node: string) =>
      postgres.query(`update nodes set lease_until = 0 where id = ${node}`, url)
    // The one that holds it renews its lease, so it is killed first.
    await one!.close()
    t.ok(await two!.shared.places.take('f', 1), 'one that leaves gives all back')
    await postgres.query(
      `insert into nodes (name, host, version, started_at, lease_until) values ('x', 'h', '0', 0, now_ms() + 1e9::int8);
       insert into places (function_id, node, held) select 'g', id, 1 from nodes where name = 'x'`,
      url
    )
    t.equal(await two!.shared.places.take('g', 1), undefined)
    await end("(select id from nodes where name = 'x')")
    t.ok(await two!.shared.places.take('g', 1))
  })
}

function testSweep(postgres: Postgres): void {
  t.test('what nobody asks about any more is deleted', async t => {
    const url = await postgres.create()
    const storage = await openAt(t, url)
    const limit: RateLimit = { requests: 100, seconds: 3600, by: 'function' }
    await storage.shared.rates.count('f', limit, 'c')
    await storage.shared.deliveries.begin('f', 'd')
    const release = await storage.shared.places.take('f', 1)
    const day = 24 * 3600 * 1000
    await postgres.query(
      `insert into rate_windows values ('old', now_ms() - 1, 1);
       insert into wrong_guesses values ('old', 1, now_ms() - ${day}, 0), ('new', 1, now_ms(), 0);
       insert into deliveries values ('old', null, now_ms() - ${2 * day}), ('new', null, now_ms());
       insert into alert_notices (at, notice) values (now_ms() - ${day}, '{}'), (now_ms(), '{}');
       insert into places values ('f', 999, 1);
       insert into nodes (id, name, host, version, started_at, lease_until) overriding system value values
         (997, 'old', 'h', '0', 0, now_ms() - ${8 * day}), (998, 'new', 'h', '0', 0, now_ms() - ${6 * day});
       insert into lanes values (997, 1, 1), (998, 1, 1);
       insert into viewers values (997, null), (998, null)`,
      url
    )
    await storage.shared.sweep()
    await storage.shared.sweep()
    // Fails with what is left.
    await postgres.query(
      `do $$
       declare left_over text := (select string_agg(n::text, ' ') from (
         select count(*) as n from rate_windows union all select count(*) from wrong_guesses
         union all select count(*) from deliveries union all select count(*) from alert_notices
         union all select count(*) from places
         union all select count(*) from nodes where id >= 997 union all select count(*) from lanes where node >= 997
         union all select count(*) from viewers) counts);
       begin
         if left_over <> '1 1 2 1 1 1 1 1' then raise exception '%', left_over; end if;
       end $$`,
      url
    )
    release?.()
  })
}

function testLimits(postgres: Postgres): void {
  testRates(postgres)
  testPlaces(postgres)
  testDeliveries(postgres)
  testGuesses(postgres)
  testSweep(postgres)
}

function testDeliveries(postgres: Postgres): void {
  t.test('a signed delivery runs once, whichever servers get it', async t => {
    const url = await postgres.create()
    const servers = await openSome(t, url, 3)
    const begin = (server: PostgresStorage) => server.shared.deliveries.begin('f', 'd')
    const states = await spread(servers, 30, begin)
    t.equal(states.filter(state => state === 'new').length, 1)
    t.equal(states.filter(state => state === 'running').length, 29)
    const runs = servers[states.indexOf('new') % 3]!
    await runs.shared.deliveries.end('f', 'd', false)
    t.equal(await begin(servers[1]!), 'new', 'one that failed is free again')
    t.equal(await begin(servers[0]!), 'running')
    await servers[1]!.shared.deliveries.end('f', 'd', true)
    t.same(await spread(servers, 3, begin), ['succeeded', 'succeeded', 'succeeded'])
    t.equal(await servers[0]!.shared.deliveries.begin('g', 'd'), 'new', 'functions are apart')
    await servers[0]!.close()
    t.equal(await servers[1]!.shared.deliveries.begin('g', 'd'), 'new', 'its server is gone')
    await postgres.query('update deliveries set at = at - 25 * 3600 * 1000 where node is null', url)
    t.equal(await begin(servers[2]!), 'new', 'after a day')
  })
}

function testGuesses(postgres: Postgres): void {
  const policy = { free: 20, firstWaitMs: 30_000, maxWaitMs: 300_000, forgetMs: 900_000 }

  t.test('wrong attempts to sign in are counted over all servers', async t => {
    const url = await postgres.create()
    const servers = await openSome(t, url, 3)
    const fail = (server: PostgresStorage, address = 'a') =>
      server.shared.guesses.fail(address, policy)
    const waits = await spread(servers, 60, server => fail(server))
    t.equal(waits.filter(wait => wait === 0).length, 20)
    t.ok(waits.every(wait => wait <= 30_000))
    t.equal(await fail(servers[0]!, 'b'), 0)
    const later = (ms: number) =>
      postgres.query(`update wrong_guesses set at = at - ${ms}, open_at = open_at - ${ms}`, url)
    for (const wait of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      // Nobody asks the database again within a second.
      const isWait = async () => {
        const given = await fail(servers[1]!)
        return given > wait / 2 && given <= wait
      }
      await eventually(t, isWait, true, `a wait of ${wait} ms`)
      await later(wait)
      await eventually(t, () => fail(servers[2]!), 0, 'then one is looked at again')
    }
    await servers[0]!.shared.guesses.succeed('a')
    await eventually(t, () => fail(servers[1]!), 0, 'who has signed in begins anew')
  })
}

await onPostgres(t, testLimits)
