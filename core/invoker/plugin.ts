/** The invoker and its sandboxes as a part of the server. */
import fp from 'fastify-plugin'
import { createLauncher } from '../../sandbox/process/sandbox-factory.js'
import { Pool } from '../../sandbox/scheduler/pool.js'
import '../contracts/server.js'
import { createInvoker } from './invoker.js'

/** What runs at a stop has this long to end. */
const GRACE_MS = 30_000

export default fp(
  async function invoker(fastify) {
    const { config, lua, storage, ids, log } = fastify
    let started: Pool | undefined

    const pool = (): Pool => {
      if (started === undefined) throw new Error('the invoker is used before the server is ready')
      return started
    }
    const invoker = createInvoker({
      pool: {
        run: job => pool().run(job),
        refusal: owner => pool().refusal(owner),
        isLong: owner => pool().isLong(owner),
        park: (owner, call) => {
          pool().park(owner, call)
        },
        enterAll: () => {
          started?.enterAll()
        },
        counts: () => pool().counts(),
        ends: () => pool().ends(),
        hostCalls: () => pool().hostCalls(),
        stop: async graceMs => {
          await started?.stop(graceMs)
        }
      },
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
    fastify.decorate('invoker', invoker)

    // All modules are declared by now, so the manifest is whole; and the first request finds a warm process.
    fastify.addHook('onReady', async () => {
      const launcher = await createLauncher({
        settings: config,
        manifest: lua.manifest(),
        modules: lua.modules(),
        baseUrl: () => fastify.functionsUrl(),
        onInternalError: (name, error) => {
          log.error(
            { err: error, function: name },
            'internal error in a sandbox or a built-in function'
          )
        }
      })
      started = new Pool(launcher, config)
      await started.start()
      const { missing } = launcher.barriers
      if (missing.length > 0) {
        log.warn({ missing }, 'sandbox barriers that this machine cannot put up')
      } else log.info('all sandbox barriers are up')
    })

    // What runs still writes its record: this comes before the listeners, and the storage, are closed.
    fastify.addHook('preClose', async () => {
      await invoker.stop(GRACE_MS)
    })
  },
  { name: 'invoker', dependencies: ['storage', 'function-cache', 'lua', 'auth'] }
)
