/** The end of a start that failed after it had begun. */
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

const PATIENCE_MS = 5_000

/**
 * Takes back what was begun, within some seconds: above all, a server on PostgreSQL takes leave of the others, which
 * would take it for one that has died. Never rejects: why the start failed is what is to be told.
 */
export async function endFailedStart(app: FastifyInstance): Promise<void> {
  const closed = app.close().catch(() => {})
  await Promise.race([closed, pause(PATIENCE_MS, undefined, { ref: false })])
}
