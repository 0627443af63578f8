/** A server of this process, not yet listening: its settings, its log, the application. */
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/schema.js'
import { shareOf } from '../../config/workers.js'
import type { Workers } from '../contracts/workers.js'
import { buildApp } from '../app.js'
import { prepareStart } from './bootstrap.js'
import { letBuffersWait } from './buffer-garbage.js'
import { createLogger } from './logger.js'
import { handleUncaughtErrors } from './uncaught.js'

export interface OpenedServer {
  readonly app: FastifyInstance
  readonly config: Config
  /** Writes what the log still holds. */
  readonly flush: () => void
}

export interface OpenOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** What becomes of errors that nobody catches before there is a log. */
  readonly failStart: (error: unknown) => void
  /** It is one of several, and has its share of what is meant for all of them. */
  readonly workers?: Workers
}

/** Rejects with why it cannot start. */
export async function openServer({
  environment,
  failStart,
  workers
}: OpenOptions): Promise<OpenedServer> {
  const uncaught = handleUncaughtErrors(failStart)
  const prepared = await prepareStart(environment)
  const config = workers === undefined ? prepared.config : shareOf(prepared.config)
  letBuffersWait(prepared.config.WORKERS)
  const { logger, flush } = createLogger(config, process.stdout.isTTY, workers?.number)
  uncaught.logTo(logger, flush)
  const app = await buildApp({ ...prepared, config, logger, workers })
  return { app, config, flush }
}
