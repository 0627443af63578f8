/** What callers of a function meet, as any of several servers tells it. */
import t from 'tap'
import { eventually } from '../../../../helpers/eventually.js'
import { onPostgres, type Postgres } from '../../../../helpers/postgres.js'
import { addFunction, ask, SECRET_KEY, startServer } from '../../../../helpers/server.js'

interface Usage {
  readonly running: { readonly used: number }
  readonly refused: Readonly<Record<string, number>>
}

function testUse(postgres: Postgres): void {
  t.test('runs and refused calls are counted over all servers, whichever is asked', async t => {
    const DATABASE_URL = await postgres.create()
    const settings = { DATABASE_URL, SECRET_KEY }
    const one = await startServer(t, settings)
    const two = await startServer(t, settings)
    const id = await addFunction(
      one,
      `function handler(ctx, event)
        if event.query.long then time.sleep(600000) end
        return { statusCode = 200 }
      end`
    )
    await ask(one, `/api/functions/${id}`, { max_concurrency: 3, body_limit: 10 }, 'PUT')
    const usages = () =>
      Promise.all(
        [one, two].map(async server => {
          const { running, refused } = await ask<Usage>(server, `/api/functions/${id}/usage`)
          return [running.used, refused]
        })
      )
    t.same(await usages(), [
      [0, {}],
      [0, {}]
    ])

    const calling = new AbortController()
    t.teardown(() => {
      calling.abort()
    })
    for (const { base } of [one, two, two]) {
      fetch(`${base}/fn/${id}?long=1`, { signal: calling.signal }).catch(() => {})
    }
    await eventually(t, async () => (await usages()).map(([used]) => used), [3, 3])
    const call = async ({ base }: { base: string }, body?: string) =>
      (await fetch(`${base}/fn/${id}`, body === undefined ? {} : { method: 'POST', body })).status
    t.same([await call(one), await call(two), await call(two)], [429, 429, 429])
    await ask(one, `/api/functions/${id}`, { max_concurrency: 10 }, 'PUT')
    await eventually(t, () => call(two, 'x'.repeat(11)), 413)
    const all = { concurrency: 3, body_limit: 1 }
    await eventually(t, async () => (await usages()).map(([, refused]) => refused), [all, all])

    // What a server said goes with it, and what ran on it.
    await two.stop('SIGKILL')
    await postgres.query('update nodes set lease_until = now_ms() - 1 where id = 2', DATABASE_URL)
    const own = await ask<Usage>(one, `/api/functions/${id}/usage`)
    t.same(own.refused, { concurrency: 1 })
    t.equal(own.running.used, 1)
  })
}

await onPostgres(t, testUse)
