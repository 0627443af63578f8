/** Deletes what the servers have agreed on and nobody asks about any more. */
import type { Database } from '../db/database.js'
import { KEPT_MS } from './shared-deliveries.js'

/** What is looked at by time is kept somewhat longer than it counts. */
const MARGIN_MS = 3_600_000

/**
 * How long a server that died is in the table; it is shown for a day. Its number is not given to another one, so what
 * has it, such as an execution, stays as it is. One that was only asleep puts its row back.
 */
const NODE_KEPT_MS = 7 * 24 * 3_600_000

const statements = [
  `with gone as (delete from nodes where lease_until < now_ms() - ${NODE_KEPT_MS} returning id),
    lane as (delete from lanes where node in (select id from gone))
  delete from viewers where node in (select id from gone)`,
  'delete from rate_windows where ends_at < now_ms()',
  `delete from alert_notices where at < now_ms() - ${MARGIN_MS}`,
  `delete from wrong_guesses where at < now_ms() - ${MARGIN_MS}`,
  `delete from deliveries where at < now_ms() - ${KEPT_MS + MARGIN_MS}`,
  'delete from places where not node_lives(node)',
  `delete from refusals r where not node_lives(r.node)
    or not exists (select 1 from functions f where f.id = r.function_id)`
].map(sql => ({ sql, values: [] }))

/** Each in a transaction of its own, so that none waits for long. */
export async function sweep(db: Database): Promise<void> {
  for (const statement of statements) {
    await db.background(session => session.run([statement]))
  }
}
