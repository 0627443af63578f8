/** The cron trigger: runs functions by their schedules, through the invoker like every other run. */
import fp from 'fastify-plugin'
import '../../../core/contracts/server.js'
import { clockOf } from '../../../core/cron/clock.js'
import { createFailureRecorder } from './record-failure.js'
import { Runner } from './runner.js'
import { CronScheduler } from './scheduler.js'

export default fp(
  async function cronTrigger(fastify) {
    const { storage, functionCache, invoker, ids, config, log } = fastify
    const clock = clockOf(storage.shared)
    let count = 0
    const runner = new Runner({
      invoker,
      jobs: fastify.jobs,
      functionCache,
      clock,
      log,
      limit: Math.min(config.SANDBOX_MAX, config.SANDBOX_BUSY_MAX),
      requestId: () => `cron-${Date.now().toString(36)}-${(++count).toString(36)}`,
      recordFailure: createFailureRecorder({
        executions: storage.executions,
        ids,
        eventLimit: config.EVENT_LIMIT,
        now: clock.now
      })
    })
    let scheduler: CronScheduler | undefined
    fastify.addHook('onReady', async () => {
      scheduler = await CronScheduler.start({
        functions: storage.functions,
        functionCache,
        runner,
        clock,
        log,
        shared: storage.shared
      })
    })
    fastify.addHook('preClose', async () => {
      scheduler?.stop()
    })
  },
  { name: 'trigger-cron', dependencies: ['storage', 'function-cache', 'invoker', 'jobs'] }
)
