/** Retention: deletes executions older than their function's period. */
import { idBound } from '../../executions/id-skew.js'
import type { Database } from '../db/database.js'
import { integers, texts } from '../db/values.js'
import { REMOVE_STEP, removeExecutions, type Removable } from './remover.js'

const DEFAULT_DAYS = 7
const DAY = 86_400
/** Functions checked in one step. */
const FUNCTIONS_AT_ONCE = 500

interface Row {
  readonly seq: number
  readonly days: number
  readonly skew: number
}

/** Creates `expire` of ExecutionStore. */
export function createExecutionExpiry(
  db: Database,
  stripe: () => number
): (now: number, limit: number) => Promise<number> {
  return async (now, limit) => {
    let removed = 0
    for (let after = 0; removed < limit;) {
      const functions = await db.all<Row>(
        ['executions', 'functions'],
        `select seq, coalesce(retention_days, ${DEFAULT_DAYS}) as days, id_skew as skew from functions
         where seq > $1 order by seq limit ${FUNCTIONS_AT_ONCE}`,
        after
      )
      if (functions.length === 0) break
      const ends = functions.map(({ days }) => now - days * DAY)
      const most = Math.min(limit - removed, REMOVE_STEP)
      const count = await db.background(async session => {
        const found = await session.all<Removable>(
          `select e.id, e.bytes from unnest($1::int8[], $2::text[], $3::int8[]) as f (seq, bound, before)
           join executions e on e.function = f.seq and e.id < f.bound and e.created_at < f.before limit $4`,
          integers(functions.map(({ seq }) => seq)),
          texts(functions.map(({ skew }, index) => idBound((ends[index] ?? 0) + skew))),
          integers(ends.map(end => Math.floor(end))),
          most
        )
        return removeExecutions(session, stripe(), found)
      })
      removed += count
      if (count === 0) after = functions.at(-1)?.seq ?? Infinity
    }
    return removed
  }
}
