/**
 * Errors that nobody caught. Those of a plugin are logged with its name and the server goes on. Any other ends the
 * process with 1, so that a supervisor restarts it: a server in an unknown state is worth less than a fresh one.
 */
import type { Logger } from 'pino'
import { findCulprit } from '../third-party/attribution.js'
import { pluginFailure } from '../third-party/failure.js'

export interface UncaughtErrors {
  /** Until then there is no log: an error of a plugin fails the start, with one message. */
  logTo(logger: Logger, flush: () => void): void
}

export function handleUncaughtErrors(failStart: (error: unknown) => void): UncaughtErrors {
  let log: { readonly logger: Logger; readonly flush: () => void } | undefined

  const handle = (error: unknown, kind: 'exception' | 'rejection') => {
    const plugin = findCulprit(error, kind)
    if (log === undefined) {
      return failStart(
        plugin === undefined ? error : pluginFailure(plugin, 'failed at start', error)
      )
    }
    const { logger, flush } = log
    const what = kind === 'exception' ? 'uncaught exception' : 'unhandled rejection'
    if (plugin !== undefined) {
      logger.error(
        { err: error, plugin: plugin.name },
        `${what} of the plugin '${plugin.name}'; the server goes on`
      )
      return
    }
    logger.fatal({ err: error }, what)
    flush()
    process.exit(1)
  }
  process.on('uncaughtException', error => {
    handle(error, 'exception')
  })
  process.on('unhandledRejection', error => {
    handle(error, 'rejection')
  })
  return {
    logTo(logger, flush) {
      log = { logger, flush }
    }
  }
}
