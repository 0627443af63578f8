/** Retention: deletes executions older than their function's period. */
import type { Database } from 'better-sqlite3'
import type { Batch } from '../db/batch.js'
import type { ExecutionRemover } from './remover.js'
import { idBound } from './id-skew.js'

const DEFAULT_DAYS = 7
const DAY = 86_400
/** Functions checked in one step. */
const FUNCTIONS_AT_ONCE = 500

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly remover: ExecutionRemover
}

/** Creates `expire` of ExecutionStore. */
export function createExecutionExpiry({
  db,
  batch,
  remover
}: Parts): (now: number, limit: number) => Promise<number> {
  db.function('id_bound', { deterministic: true }, seconds => idBound(Number(seconds)))
  const lastOf = db
    .prepare<[number, number], number | null>(
      'select max(seq) from (select seq from functions where seq > ? order by seq limit ?)'
    )
    .pluck()
  const end = `:now - coalesce(f.retention_days, ${DEFAULT_DAYS}) * ${DAY}`
  const expired = db
    .prepare<{ after: number; last: number; now: number; limit: number }, number>(
      `
    select e.seq from functions f
    cross join executions e indexed by executions_by_function
      on e.function = f.seq and e.id < id_bound(${end} + f.id_skew) and e.created_at < ${end}
    where f.seq > :after and f.seq <= :last
    limit :limit`
    )
    .pluck()

  return async function expire(now, limit) {
    let removed = 0
    let after = 0
    while (removed < limit) {
      const step = await batch.slice(() => {
        const last = lastOf.get(after, FUNCTIONS_AT_ONCE)
        if (last === undefined || last === null) return { last: undefined, count: 0 }
        return {
          last,
          count: remover.remove(
            expired.all({ after, last, now, limit: Math.min(limit - removed, remover.step) })
          )
        }
      })
      removed += step.count
      if (step.last === undefined) break
      if (step.count === 0) after = step.last
    }
    return removed
  }
}
