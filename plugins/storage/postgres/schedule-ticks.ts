/**
 * Which of the servers on the database runs the minutes of schedules. One server leads for as long as it lives, so that
 * it knows whether the run before is still going. What it has taken, and died before anything was recorded of it, the
 * next one takes.
 */
import type { SharedWork } from '../../../core/contracts/shared-work.js'
import type { Database } from './db/database.js'
import { texts } from './db/values.js'
import type { Node } from './nodes.js'

export const createTickClaims =
  (db: Database, node: Node): SharedWork['claimTicks'] =>
  async (functionIds, scheduled) => {
    // Of what a server takes whose lease is over, others believe that it is dead.
    await node.ensureHeld(db)
    const row = await db.transaction([], session =>
      session.get<{ ours: string; open: string }>(
        'select array_to_json(ours) as ours, array_to_json(open) as open from claim_ticks($1::text[], $2, $3)',
        texts(functionIds),
        scheduled,
        node.id()
      )
    )
    const read = (list: string | undefined) => JSON.parse(list ?? '[]') as string[]
    return { ours: read(row?.ours), open: read(row?.open) }
  }

/** Whether this server leads; when nobody does, it does from now on. Asked beside the lane: nothing waits for it. */
export async function takeLead(db: Database, node: () => number): Promise<boolean> {
  const row = await db.get<{ mine: boolean }>([], takeSql, node())
  return row?.mine === true
}

/** Retention, recovery and alerts go by the lead of schedules, too. */
const takeSql = "select take_lead('schedules', $1::int4) as mine"
