/** Alerts: somebody is told when something goes wrong, and when that is over. */
import { statfs } from 'node:fs/promises'
import fp from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import '../../core/contracts/server.js'
import { apiScope } from '../../core/http/conventions.js'
import { clockOf, type Clock } from '../../core/cron/clock.js'
import { AlertBook } from './alert-book.js'
import { AlertDelivery } from './delivery.js'
import { Mailer } from './mail.js'
import { composeMessage, testMessage } from './message.js'
import { Outbox } from './outbox.js'
import { addAlertRoutes } from './routes.js'
import { AlertSources } from './sources.js'

/** How often rules look at what nobody reports. */
const PULSE_MS = 15_000

export default fp(
  async function alerts(fastify) {
    const { log } = fastify
    const clock = clockOf(fastify.storage.shared)
    const { book, delivery, outbox, servers, sources } = await createParts(fastify, clock)
    fastify.invoker.onCall(sources.onCall)
    fastify.jobs.onSettled(sources.onJob)
    forgetRemovedFunctions(fastify, book)

    const onError = (error: unknown): void => {
      log.error({ err: error }, 'alerts cannot be watched')
    }
    let cancelPulse = (): void => {}
    let measuring: Promise<void> | undefined
    const pulse = (): void => {
      cancelPulse = clock.after(PULSE_MS, pulse)
      if (book.list().length === 0 || servers?.isLeading === false) return
      measuring ??= sources
        .measure()
        .catch(onError)
        .finally(() => {
          measuring = undefined
        })
    }
    fastify.addHook('onReady', async () => {
      await book.open()
      if (book.list().length > 0) outbox.wake()
      servers?.start()
      pulse()
    })
    fastify.addHook('preClose', async () => {
      cancelPulse()
      await measuring
      await servers?.stop()
      await book.settle()
      await outbox.stop()
    })

    await fastify.register(async scope => {
      addAlertRoutes(apiScope(scope), { book, delivery })
    })
  },
  { name: 'alerts', dependencies: ['storage', 'function-cache', 'invoker', 'jobs', 'auth'] }
)

async function createParts(fastify: FastifyInstance, clock: Clock) {
  const { storage, config, ids, jobs, log } = fastify
  const source = { storage, baseUrl: fastify.baseUrl }
  const onError = (error: unknown): void => {
    log.error({ err: error }, 'an alert could not be told or stored')
  }
  const delivery = new AlertDelivery({
    mailer: new Mailer(config),
    jobs,
    testMessageOf: watch => testMessage(source, watch, clock.now())
  })
  const book: AlertBook = new AlertBook({
    store: storage.alerts,
    clock,
    nextId: () => ids.next(),
    compose: (watch, telling) => composeMessage(source, watch, telling),
    onMessage: () => {
      outbox.wake()
    },
    onUnstored: (watch, message) => {
      delivery.send(watch.rule.target, message).catch(onError)
    },
    onError
  })
  const outbox: Outbox = new Outbox({
    store: storage.alerts,
    clock,
    deliver: async (alertId, message) => {
      const watch = book.find(alertId)
      return watch && (await delivery.send(watch.rule.target, message))
    },
    isOurs: () => servers?.isLeading !== false,
    onAttempt: made => {
      const { alertId, error } = made
      if (error !== undefined) log.warn({ alertId, error }, 'an alert could not be delivered')
      book.noteDelivery(made)
    },
    onError
  })
  const { shared } = storage
  // A server that has its data for itself loads nothing of it.
  const servers =
    shared &&
    new (await import('./servers.js')).AlertServers({
      shared,
      book,
      clock,
      onLead: () => {
        outbox.wake()
      },
      onError
    })
  const sources = new AlertSources(book, {
    storage,
    send: servers?.send,
    now: clock.now,
    onError,
    diskSpace: () => readDiskSpace(config.DATA_DIR)
  })
  return { book, delivery, outbox, servers, sources }
}

async function readDiskSpace(folder: string): Promise<{ free: number; total: number }> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, total: blocks * bsize }
}

/** Rules of a function go with it. */
function forgetRemovedFunctions({ storage, log }: FastifyInstance, book: AlertBook): void {
  storage.functions.onChange(id => {
    const own = book.list().filter(({ rule }) => rule.functionId === id)
    if (own.length === 0) return
    storage.functions
      .find(id)
      .then(async found => {
        if (found !== undefined) return
        for (const watch of own) await book.remove(watch.id)
      })
      .catch((error: unknown) => {
        log.error(
          { err: error, functionId: id },
          'alerts of a removed function could not be removed'
        )
      })
  })
}
