/** The orderly end of the process. */
import type { FastifyInstance } from 'fastify'
import '../contracts/server.js'

/**
 * The first SIGTERM or SIGINT stops accepting, lets executions finish within their grace time, writes all and
 * exits with 0; the second ends at once.
 */
export function endOnSignals(app: FastifyInstance, flush: () => void): void {
  let ending = false
  const end = (signal: string): void => {
    if (ending) {
      flush()
      process.exit(130)
    }
    ending = true
    void endInOrder(app, flush, signal)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  bearFileLimit()
}

/** Stops accepting, lets executions finish within their grace time, writes all and exits with 0. */
export async function endInOrder(
  app: FastifyInstance,
  flush: () => void,
  reason: string
): Promise<never> {
  app.log.info({ signal: reason }, 'stopping: finishing what runs, then closing')
  try {
    app.scheduler.admission.admitAll()
    await app.close()
    app.log.info('stopped')
    flush()
    process.exit(0)
  } catch (error) {
    app.log.fatal({ err: error }, 'could not close in order')
    flush()
    process.exit(1)
  }
}

export function bearFileLimit(): void {
  // A limit on file sizes (ulimit -f) shall fail the write that exceeds it. Left to itself this signal would end
  // the process: what watches signals for child processes takes Node's own answer, to ignore it, away.
  process.on('SIGXFSZ', () => {})
}
