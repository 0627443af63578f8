/**
 * The process that starts the workers of a port: hands connections to them in turn (node:cluster), replaces those that
 * end, and speaks with the service manager for all of them. It serves nothing itself and loads nothing of the server.
 */
import { isatty } from 'node:tty'
import { loadServiceManager } from '../../../config/load.js'
import type { Workforce } from '../../../config/workers.js'
import { announce } from '../announce.js'
import { createLogger } from '../logger.js'
import { failStart } from '../start-error.js'
import { WorkerSet } from './worker-set.js'

/** Ends the process with one message and 1 when a worker cannot start. `settings` are over those of the environment. */
export async function serveByWorkers(
  { workers, logLevel }: Workforce,
  settings: Readonly<Record<string, string>>
): Promise<void> {
  const { logger, flush } = createLogger({ LOG_LEVEL: logLevel }, process.stdout.isTTY)
  const service = loadServiceManager()
  // Who has no service manager loads nothing of it.
  const notifier = service && (await import('../service-notify.js')).createNotifier(service, logger)
  const workerSet = new WorkerSet({
    size: workers,
    settings: { ...settings, WORKERS: String(workers) },
    patienceMs: service?.watchdogUsec === undefined ? undefined : service.watchdogUsec / 1000,
    log: logger
  })

  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  const hasLostTerminal = watchTerminal()
  process.on('SIGHUP', signal => {
    if (hasLostTerminal()) end(signal)
    else void reload()
  })

  try {
    announce(await workerSet.start())
  } catch (error) {
    // Whoever has ended it with a signal wants no account.
    if (workerSet.isOver) return
    await workerSet.end()
    flush()
    failStart(error instanceof Error ? error.message : error)
  }
  notifier?.watch()
  await notifier?.ready()

  function end(signal: NodeJS.Signals): void {
    if (workerSet.isOver) {
      workerSet.kill()
      flush()
      process.exit(130)
    }
    logger.info({ signal }, 'stopping: the workers finish what runs')
    void Promise.all([workerSet.end(), notifier?.stopping()]).then(() => {
      logger.info('stopped')
      flush()
      process.exit(0)
    })
  }

  async function reload(): Promise<void> {
    logger.info('reloading: new workers take the places of the old ones')
    await notifier?.reloading()
    await workerSet.changeAll()
    if (workerSet.isOver) return
    await notifier?.ready()
    logger.info('reloaded')
  }
}

/** Tells whether the terminal that the process was started in is gone, which is said by the same signal as a reload. */
function watchTerminal(): () => boolean {
  const terminals = [0, 1, 2].filter(isatty)
  return () => terminals.length > 0 && !terminals.some(isatty)
}
