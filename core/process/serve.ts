/** Serving: by this process alone, or by several workers that it starts (WORKERS). */
import { loadServiceManager, withEnvironment } from '../../config/load.js'
import { readWorkforce } from '../../config/workers.js'
import { announce, print } from './announce.js'
import { failStart } from './start-error.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Serves until a signal ends the process. `overrides` are settings over those of the environment. A start that
 * fails prints one message and exits with 1.
 */
export async function serve(overrides: Readonly<Record<string, string>> = {}): Promise<void> {
  const environment = withEnvironment(overrides)
  const workforce = readWorkforce(environment)
  try {
    if (workforce === undefined) return await serveAlone(environment)
    // Who has one process loads nothing of it.
    const { serveByWorkers } = await import('./workers/primary.js')
    await serveByWorkers(workforce, overrides)
  } catch (error) {
    failStart(error)
  }
}

async function serveAlone(environment: Environment): Promise<void> {
  const { openServer } = await import('./open-server.js')
  const { listen } = await import('./listen.js')
  const { endOnSignals } = await import('./shutdown.js')
  const { app, config, flush } = await openServer({ environment, failStart })
  endOnSignals(app, flush)
  const service = loadServiceManager()
  if (service !== undefined) {
    const { notifyService } = await import('./service-notify.js')
    notifyService(app, service)
    // "systemctl reload" asks workers to take turns; it must not end a server that has none.
    process.on('SIGHUP', signal => {
      app.log.info({ signal }, 'nothing to reload: WORKERS is 1')
    })
  }
  const address = await listen(app, config)
  announce(address + config.BASE_PATH)
  if (app.createdKeyFile !== undefined) {
    print(`A new API key is in ${app.createdKeyFile}; use it to sign in to the dashboard.`)
  }
}
