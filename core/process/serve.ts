/** Serving: settings, app, listening, and an orderly end on SIGTERM or SIGINT. */
import { loadServiceManager, withEnvironment } from '../../config/load.js'
import { buildApp } from '../app.js'
import { createLogger } from './logger.js'
import { notifyService } from './service-notify.js'
import { endOnSignals } from './shutdown.js'
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
      address.replace('0.0.0.0', 'localhost').replace('[::]', 'localhost'),
      app.createdKeyFile
    )
  } catch (error) {
    failStart(error)
  }
}

function failStart(error: unknown): void {
  process.stderr.write(`Moonlet could not start. ${startError(error)}\n`)
  process.exit(1)
}

function announce(address: string, createdKeyFile: string | undefined): void {
  process.stdout.write(`Moonlet listens on ${address}\n`)
  if (createdKeyFile !== undefined) {
    process.stdout.write(
      `A new API key is in ${createdKeyFile}; use it to sign in to the dashboard.\n`
    )
  }
}

/** What people can act on: the message, and for what no message was written for, where it came from. */
function startError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'MoonletError') return error.message
  const { code, address, port } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  if (code === 'EADDRINUSE') return `Port ${port} of ${address} is in use; set PORT to another one.`
  if (code === 'EACCES' && port !== undefined) {
    return `Port ${port} needs more rights; set PORT to one from 1024 on.`
  }
  return error.stack ?? error.message
}
