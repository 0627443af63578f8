/** Serving: settings, app, listening, and an orderly end on SIGTERM or SIGINT. */
import { loadServiceManager, withEnvironment } from '../../config/load.js'
import { buildApp } from '../app.js'
import { createLogger } from './logger.js'
import { notifyService } from './service-notify.js'
import { endOnSignals } from './shutdown.js'
import { failStart } from './start-error.js'
import { prepareStart } from './bootstrap.js'
import { handleUncaughtErrors } from './uncaught.js'

/**
 * Serves until a signal ends the process. `overrides` are settings over those of the environment. A start that
 * fails prints one message and exits with 1.
 */
export async function serve(overrides: Readonly<Record<string, string>> = {}): Promise<void> {
  const uncaught = handleUncaughtErrors(failStart)
  try {
    const prepared = await prepareStart(withEnvironment(overrides))
    const { config } = prepared
    const { logger, flush } = createLogger(config, process.stdout.isTTY)
    uncaught.logTo(logger, flush)
    const app = await buildApp({ ...prepared, logger })
    endOnSignals(app, flush)
    const service = loadServiceManager()
    if (service !== undefined) notifyService(app, service)
    const address = await app.listen({ port: config.PORT, host: config.HOST })
    announce(
      address.replace('0.0.0.0', 'localhost').replace('[::]', 'localhost') + config.BASE_PATH,
      app.createdKeyFile
    )
  } catch (error) {
    failStart(error)
  }
}

function announce(address: string, createdKeyFile: string | undefined): void {
  process.stdout.write(`Moonlet listens on ${address}\n`)
  if (createdKeyFile !== undefined) {
    process.stdout.write(
      `A new API key is in ${createdKeyFile}; use it to sign in to the dashboard.\n`
    )
  }
}
