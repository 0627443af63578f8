import { availableParallelism } from 'node:os'
import t from 'tap'
import { loadConfig } from '../../config/load.js'
import { coresOf, readWorkforce, shareOf } from '../../config/workers.js'

const DATABASE_URL = 'postgres://moonlet@127.0.0.1/moonlet'

t.test(
  'each worker has its part of what is meant for all, as far as a server needs it',
  async t => {
    const config = loadConfig({
      DATABASE_URL,
      WORKERS: '4',
      SANDBOX_MAX: '400',
      SANDBOX_BUSY_MAX: '9',
      SANDBOX_POOL_MEMORY: '4GiB',
      BUFFERED_BYTES_MAX: '64MiB',
      JOBS_MAX: '10',
      QUEUE_LIMIT: '1000',
      DATABASE_POOL: '40',
      KV_LIMIT: '8GiB'
    })
    t.match(shareOf(config), {
      SANDBOX_MAX: 100,
      SANDBOX_BUSY_MAX: 2,
      SANDBOX_POOL_MEMORY: 1024 ** 3,
      BUFFERED_BYTES_MAX: 16 * 1024 ** 2,
      JOBS_MAX: 2,
      QUEUE_LIMIT: 250,
      DATABASE_POOL: 10,
      KV_LIMIT: 8 * 1024 ** 3
    })
    const small = {
      ...config,
      SANDBOX_MAX: 1,
      SANDBOX_BUSY_MAX: 3,
      QUEUE_LIMIT: 0,
      DATABASE_POOL: 10
    }
    t.match(
      shareOf(small),
      { SANDBOX_MAX: 1, SANDBOX_BUSY_MAX: 2, QUEUE_LIMIT: 0, DATABASE_POOL: 3 },
      'never none, and never more than all have'
    )
    t.equal(coresOf(1), availableParallelism())
    t.equal(coresOf(256), 1)
  }
)

t.test('one process serves unless settings ask for several and allow them', async t => {
  t.same(readWorkforce({ DATABASE_URL, WORKERS: '3' }), { workers: 3, logLevel: 'info' })
  for (const settings of [
    {},
    { WORKERS: '3' },
    { DATABASE_URL, WORKERS: '1' },
    { DATABASE_URL, WORKERS: '' },
    { DATABASE_URL, WORKERS: 'x' },
    { DATABASE_URL: 'mysql://x', WORKERS: '3' },
    { DATABASE_URL, WORKERS: '3', LOG_LEVEL: 'loud' }
  ]) {
    t.equal(readWorkforce(settings), undefined, JSON.stringify(settings))
  }
  const { WORKERS } = loadConfig({ DATABASE_URL, WORKERS: 'auto' })
  t.equal(WORKERS, availableParallelism())
})
