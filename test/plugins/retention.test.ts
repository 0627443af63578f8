import t from 'tap'
import { sweep } from '../../plugins/retention.js'
import { createFakeClock, settle } from '../helpers/fake-clock.js'

const NOW = 1_700_000_000_000
const JOB_DAYS = 30

/** Storage that holds so many things to delete, and notes the batches it is asked for. */
function piledUp({ executions = 0, entries = 0, variables = 0, jobs = 0, audit = 0, pages = 0 }) {
  const batches: string[] = []
  const take = (left: number, batch: number) => Math.min(left, batch)
  return {
    batches,
    left: () => ({ executions, entries, variables, jobs, audit, pages }),
    executions: {
      async expire(now: number, batch: number) {
        const done = take(executions, batch)
        executions -= done
        batches.push(`executions ${now} ${done}`)
        return done
      }
    },
    kv: {
      async expire(now: number, batch: number) {
        const done = take(entries, batch)
        entries -= done
        batches.push(`entries ${now} ${done}`)
        return done
      }
    },
    env: {
      async expireHistory(now: number, batch: number) {
        const done = take(variables, batch)
        variables -= done
        batches.push(`variables ${now} ${done}`)
        return done
      }
    },
    jobs: {
      async expire(before: number, batch: number) {
        const done = take(jobs, batch)
        jobs -= done
        batches.push(`jobs ${before} ${done}`)
        return done
      }
    },
    audit: {
      async expire(before: number, most: number, batch: number) {
        const done = take(audit, batch)
        audit -= done
        batches.push(`audit ${before} ${most} ${done}`)
        return done
      }
    },
    async reclaim(batch: number) {
      const done = take(pages, batch)
      pages -= done
      batches.push(`pages ${done}`)
      return done * 4096
    }
  }
}

async function sweepAll(
  storage: ReturnType<typeof piledUp>,
  signal = new AbortController().signal
) {
  const clock = createFakeClock(NOW)
  const swept = sweep(storage, clock, signal, JOB_DAYS)
  const progress = { ended: false }
  const end = () => {
    progress.ended = true
  }
  swept.then(end, end)
  for (await settle(); !progress.ended; await settle()) await clock.pass(1000)
  return swept
}

t.test('deletes everything that is due, in batches, then gives space back', async t => {
  const storage = piledUp({
    executions: 250,
    entries: 700,
    variables: 600,
    jobs: 130,
    audit: 500,
    pages: 100
  })
  t.same(await sweepAll(storage), {
    executions: 250,
    entries: 700,
    variables: 600,
    jobs: 130,
    audit: 500,
    reclaimed: 100 * 4096
  })
  t.same(storage.left(), { executions: 0, entries: 0, variables: 0, jobs: 0, audit: 0, pages: 0 })
  t.same(
    storage.batches.map(batch => batch.split(' ')[0]),
    [
      'executions',
      'executions',
      'executions',
      'entries',
      'entries',
      'variables',
      'variables',
      'jobs',
      'jobs',
      'audit',
      'audit',
      'pages',
      'pages',
      'pages'
    ]
  )
})

t.test('tells executions the time in seconds and entries in milliseconds', async t => {
  const storage = piledUp({})
  await sweepAll(storage)
  t.same(storage.batches, [
    `executions ${NOW / 1000} 0`,
    `entries ${NOW} 0`,
    `variables ${NOW / 1000} 0`,
    `jobs ${NOW - JOB_DAYS * 86_400_000} 0`,
    `audit ${NOW / 1000 - 365 * 86_400} 500000 0`,
    'pages 0'
  ])
})

t.test('rests between batches, so that others get their turn', async t => {
  const storage = piledUp({ executions: 1000 })
  const clock = createFakeClock(NOW)
  void sweep(storage, clock, new AbortController().signal, JOB_DAYS)
  await settle()
  t.equal(storage.batches.length, 1, 'no second batch before time passes')
  await clock.pass(1000)
  t.ok(storage.batches.length > 1)
})

t.test('ends with the batch at hand when the server stops', async t => {
  const stopping = new AbortController()
  const storage = piledUp({ executions: 1000 })
  const expire = storage.executions.expire
  storage.executions.expire = async (now, batch) => {
    stopping.abort()
    return expire(now, batch)
  }
  t.same(await sweepAll(storage, stopping.signal), {
    executions: 100,
    entries: 0,
    variables: 0,
    jobs: 0,
    audit: 0,
    reclaimed: 0
  })
})

t.test('a failing batch rejects', async t => {
  const storage = piledUp({})
  storage.executions.expire = async () => {
    throw new Error('disk is full')
  }
  await t.rejects(sweepAll(storage), { message: 'disk is full' })
})
