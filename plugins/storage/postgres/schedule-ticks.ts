/** Which of the servers on the database runs the minutes of schedules. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SharedWork } from '../../../core/contracts/shared-work.js'
import type { ChangeListener } from './db/change-listener.js'
import type { Database } from './db/database.js'

/** While the database is away. */
const RETRY_MS = 500

/**
 * One server leads, so that it knows whether the run before is still going; a row that only grows keeps a leader that
 * was cut off and came back from running what the next one has run.
 */
export const createTickClaims =
  (db: Database, listener: ChangeListener): SharedWork['claimTick'] =>
  async (functionId, scheduled, until) => {
    for (;;) {
      try {
        return (await listener.lead()) && (await take(db, functionId, scheduled))
      } catch (error) {
        if (Date.now() + RETRY_MS >= until) throw error
        await sleep(RETRY_MS, undefined, { ref: false })
      }
    }
  }

async function take(db: Database, functionId: string, scheduled: number): Promise<boolean> {
  const row = await db.transaction([], session =>
    session.get<{ function: number }>(
      `insert into schedule_ticks (function, scheduled) select seq, $2::int8 from functions where id = $1
       on conflict (function) do update set scheduled = excluded.scheduled
         where schedule_ticks.scheduled < excluded.scheduled
       returning function`,
      functionId,
      scheduled
    )
  )
  return row !== undefined
}
