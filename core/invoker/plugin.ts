/** The scheduler of sandboxes and the invoker, as parts of the server. */
import fp from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import { SANDBOX_KILLED } from '../../sandbox/process/exit-error.js'
import {
  createSandboxFactory,
  SANDBOX_START,
  type SandboxFactory
} from '../../sandbox/process/sandbox-factory.js'
import { Scheduler } from '../../sandbox/scheduler/scheduler.js'
import '../contracts/server.js'
import { Invoker } from './invoker.js'

/** How long executions may go on when the server stops. */
const GRACE_MS = 30_000

const INTERNAL_ERROR = 'internal error in a sandbox or a built-in function'
const NO_START = 'no sandbox can be started; calls that wait for one are answered with 503'
const KILLED =
  'a sandbox process was killed from outside while it ran a function, most likely by the kernel for want of memory: ' +
  'give the machine or the container more, or lower SANDBOX_POOL_MEMORY or SANDBOX_MEMORY_MB'

export default fp(
  async function invoker(fastify) {
    const { config, log } = fastify
    const scheduler = new Scheduler(config)
    const invoker = createInvoker(fastify, scheduler)
    fastify.decorate('scheduler', scheduler)
    fastify.decorate('invoker', invoker)

    // All modules are declared by now, so the manifest is whole; and the first request finds a process that is ready.
    fastify.addHook('onReady', async () => {
      const factory = await createFactory(fastify)
      await scheduler.start(factory)
      const { missing } = factory.barriers
      if (missing.length > 0) {
        log.warn({ missing }, 'sandbox barriers that this machine cannot put up')
      } else log.info('all sandbox barriers are up')
    })

    // Executions still write their records: this comes before the listeners, and the storage, are closed.
    fastify.addHook('preClose', async () => {
      await invoker.stop(GRACE_MS)
    })
  },
  { name: 'invoker', dependencies: ['storage', 'function-cache', 'lua', 'auth'] }
)

function createInvoker(fastify: FastifyInstance, scheduler: Scheduler): Invoker {
  const { config, storage, ids, log } = fastify
  return new Invoker({
    scheduler,
    executions: storage.executions,
    ids,
    cleanEvent: fastify.hideCredentials,
    eventLimit: config.EVENT_LIMIT,
    onPrint: (functionId, executionId, line) => {
      log.info({ functionId, executionId, print: line }, 'print')
    },
    onHookError: (plugin, error) => {
      log.error({ err: error, plugin }, 'a hook around executions failed')
    },
    onRecordError: (executionId, error) => {
      log.error({ err: error, executionId }, 'the record of an execution could not be written')
    }
  })
}

function createFactory(fastify: FastifyInstance): Promise<SandboxFactory> {
  const { config, lua, log } = fastify
  return createSandboxFactory({
    settings: config,
    manifest: lua.manifest(),
    modules: lua.modules(),
    baseUrl: () => fastify.functionsUrl(),
    onInternalError: (name, error) => {
      if (name === SANDBOX_START) log.error({ err: error }, NO_START)
      else if (name === SANDBOX_KILLED) log.warn(KILLED)
      else log.error({ err: error, function: name }, INTERNAL_ERROR)
    }
  })
}
