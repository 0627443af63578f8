/** Jobs: calls that are kept and run in the background, until they have succeeded or somebody decides. */
import fp from 'fastify-plugin'
import { randomBytes } from 'node:crypto'
import '../../core/contracts/server.js'
import { systemClock } from '../../core/cron/clock.js'
import { JobPace } from './pace.js'
import { recoverAttempts } from './recover.js'
import { JobRunner } from './runner.js'
import { JobService } from './service.js'
import { JobTally } from './tally.js'

/** Owners of this data folder: only one server at a time has its lock, so any other one is dead. */
const OWNER = 'local/'

export default fp(
  async function jobs(fastify) {
    const { storage, functionCache, invoker, frontDoor, ids, config, log } = fastify
    const owner = OWNER + randomBytes(8).toString('hex')
    // Direct calls find a process free, whatever jobs do.
    const limit = Math.min(config.JOBS_MAX, Math.max(1, config.SANDBOX_MAX - 1))
    const pace = new JobPace()
    invoker.onCall(({ trigger }) => {
      if (trigger === 'http') pace.noteCall()
    })
    const shared = { jobs: storage.jobs, functionCache, clock: systemClock, owner }
    const runner = new JobRunner({
      ...shared,
      versions: storage.versions,
      invoker,
      frontDoor,
      log,
      nextId: () => ids.next(),
      nextRequestId: fastify.nextRequestId,
      limit,
      pace
    })
    const tally = new JobTally()
    runner.onSettled(tally.note)
    const service = new JobService({
      store: storage.jobs,
      runner,
      pace,
      clock: systemClock,
      nextId: () => ids.next(),
      onFull: (error, functionId) => {
        invoker.noteRejection('job', error, functionId)
      },
      cleanEvent: fastify.hideCredentials
    })
    fastify.decorate('jobs', service)
    fastify.decorate('jobTally', tally)
    fastify.decorate('wakeJobs', () => {
      runner.wake()
    })
    // A function that was enabled, or lets more run at once.
    functionCache.onForget(() => {
      runner.wake()
    })

    fastify.addHook('onReady', async () => {
      const count = await recoverAttempts({
        ...shared,
        executions: storage.executions,
        isDead: other => other.startsWith(OWNER),
        eventLimit: config.EVENT_LIMIT
      })
      if (count > 0) log.warn({ count }, 'attempts of jobs were running when the server last ended')
      runner.start()
    })
    fastify.addHook('preClose', async () => {
      runner.stop()
    })
  },
  {
    name: 'jobs',
    dependencies: ['storage', 'function-cache', 'invoker', 'auth', 'front-door', 'recovery']
  }
)
