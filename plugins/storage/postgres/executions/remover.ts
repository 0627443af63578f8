/** Deletes executions with everything that belongs to them. */
import { firstBytes } from '../../executions/first-bytes.js'
import { belongings } from '../../quotas/row-bytes.js'
import type { Session } from '../db/transaction.js'
import { texts } from '../db/values.js'

/** How many one transaction deletes. */
export const REMOVE_STEP = 200
const STEP_BYTES = 4 * 1024 * 1024

export interface Removable {
  readonly id: string
  readonly bytes: number
}

const parts = belongings.map(table => `delete from ${table} where execution = any($1::text[])`)
const rows = `
with gone as (
  delete from executions where id = any($1::text[]) returning function, version, trigger, status, bytes
), counted as (
  insert into execution_counts (function, version, trigger, status, stripe, total)
  select function, version, trigger, status, $2::int, -count(*) from gone
  where not exists (select 1 from purges p where p.function = gone.function and p.version in (0, gone.version))
  group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (function, version, trigger, status, stripe) do update
    set total = execution_counts.total + excluded.total
)
select count(*) as count, add_stored(function, $2::int, -sum(bytes)::int8, 0) from gone group by function`

/**
 * Deletes the first of them until `maxBytes` are deleted, a few megabytes at a time but at least one; returns how many.
 */
export async function removeExecutions(
  session: Session,
  stripe: number,
  found: readonly Removable[],
  maxBytes = Infinity
): Promise<number> {
  if (found.length === 0) return 0
  const ids = texts(firstBytes(found, Math.min(STEP_BYTES, maxBytes)).map(({ id }) => id))
  const results = await session.run([
    ...parts.map(sql => ({ sql, values: [ids] })),
    { sql: rows, values: [ids, stripe] }
  ])
  const counts = results.at(-1)?.rows ?? []
  return counts.reduce((sum, row) => sum + Number(row['count']), 0)
}
