/** Deletes what the servers have agreed on and nobody asks about any more. One of them does it, once a minute. */
import type { Database } from '../db/database.js'
import { SHOWN_MS } from './node-book.js'
import { KEPT_MS } from './shared-deliveries.js'

const EVERY_MS = 60_000
/** What is looked at by time is kept somewhat longer than it counts. */
const MARGIN_MS = 3_600_000

const statements = [
  'delete from rate_windows where ends_at < now_ms()',
  `delete from alert_notices where at < now_ms() - ${MARGIN_MS}`,
  `delete from wrong_guesses where at < now_ms() - ${MARGIN_MS}`,
  `delete from deliveries where at < now_ms() - ${KEPT_MS + MARGIN_MS}`,
  `delete from nodes where lease_until < now_ms() - ${SHOWN_MS}`,
  `delete from places p where not exists
     (select 1 from nodes n where n.id = p.node and n.lease_until > now_ms())`
].map(sql => ({ sql, values: [] }))

/** Gives a way to end it. */
export function startSweeping(db: Database, leads: () => Promise<boolean>): () => void {
  const timer = setInterval(() => {
    // What fails is done the next time.
    sweep(db, leads).catch(() => {})
  }, EVERY_MS).unref()
  return () => {
    clearInterval(timer)
  }
}

export async function sweep(db: Database, leads: () => Promise<boolean>): Promise<void> {
  if (!(await leads())) return
  for (const statement of statements) {
    await db.background(session => session.run([statement]))
  }
}
