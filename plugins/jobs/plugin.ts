/** Jobs: calls that are kept and run in the background, until they have succeeded or somebody decides. */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { randomBytes } from 'node:crypto'
import '../../core/contracts/server.js'
import { clockOf } from '../../core/cron/clock.js'
import { JobPace } from './pace.js'
import { recoverAttempts } from './recover.js'
import { JobRunner } from './runner.js'
import { JobService } from './service.js'
import { JobTally } from './tally.js'

/** Owners of this data folder: only one server at a time has its lock, so any other one is dead. */
const OWNER = 'local/'
/** Where servers share the data, how often one looks for jobs that others added, and for what dead ones left. */
const LOOK_MS = 1_000
const RECOVER_MS = 5_000

export default fp(
  async function jobs(fastify) {
    const { storage, functionCache, invoker, frontDoor, ids, config, log } = fastify
    const clock = clockOf(storage.shared)
    const owner = OWNER + randomBytes(8).toString('hex')
    // Direct calls find a process free, whatever jobs do.
    const limit = Math.min(config.JOBS_MAX, Math.max(1, config.SANDBOX_MAX - 1))
    const pace = new JobPace()
    invoker.onCall(({ trigger }) => {
      if (trigger === 'http') pace.noteCall()
    })
    const shared = { jobs: storage.jobs, functionCache, clock, owner }
    const runner = new JobRunner({
      ...shared,
      versions: storage.versions,
      invoker,
      frontDoor,
      log,
      nextId: () => ids.next(),
      nextRequestId: fastify.nextRequestId,
      limit,
      pace,
      isShared: storage.shared !== undefined
    })
    const tally = new JobTally()
    runner.onSettled(tally.note)
    const service = new JobService({
      store: storage.jobs,
      runner,
      pace,
      clock,
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

    let passes = 0
    const recover = async () => {
      // What one of several servers does for all.
      if (storage.shared !== undefined && !(await storage.shared.leads())) return
      const count = await recoverAttempts({
        ...shared,
        // What a pass takes over and cannot settle, the next one takes over again.
        owner: `${owner}/${++passes}`,
        executions: storage.executions,
        // Of servers that share the data, leases alone say who is gone.
        isDead: other => storage.shared === undefined && other.startsWith(OWNER),
        eventLimit: config.EVENT_LIMIT
      })
      if (count > 0) log.warn({ count }, 'attempts of jobs were running when their server ended')
    }
    startAndStop(fastify, runner, recover)
  },
  {
    name: 'jobs',
    dependencies: ['storage', 'function-cache', 'invoker', 'auth', 'front-door', 'recovery']
  }
)

function startAndStop(
  fastify: FastifyInstance,
  runner: JobRunner,
  recover: () => Promise<void>
): void {
  let stopLooking = () => {}
  fastify.addHook('onReady', async () => {
    await recover()
    runner.start()
    if (fastify.storage.shared !== undefined) {
      stopLooking = lookForOthers(runner, recover, fastify.log)
    }
  })
  fastify.addHook('preClose', async () => {
    stopLooking()
    runner.stop()
  })
}

/** Jobs that another server has added, and attempts of one that is gone. Gives a way to stop. */
function lookForOthers(
  runner: JobRunner,
  recover: () => Promise<void>,
  log: FastifyBaseLogger
): () => void {
  const looking = setInterval(() => {
    runner.wake()
  }, LOOK_MS).unref()
  let isRecovering = false
  const recovering = setInterval(() => {
    if (isRecovering) return
    isRecovering = true
    recover()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'jobs of servers that are gone could not be looked at')
      })
      .finally(() => {
        isRecovering = false
      })
  }, RECOVER_MS).unref()
  return () => {
    clearInterval(looking)
    clearInterval(recovering)
  }
}
