/**
 * Names for the states of functions. They are computed from everything that is stored, so that a change alters them
 * even if its writer forgets to count it. Version numbers are never used twice, so the greatest one and how many are
 * left tell which versions exist; code itself never changes.
 */
import type { Database } from 'better-sqlite3'
import { createHash } from 'node:crypto'
import type { MayChange } from '../../../core/contracts/functions.js'
import { SHARED } from '../quotas/stored-bytes.js'
import { changedMeanwhile } from './refusals.js'

/** Of functions; the row id SHARED stands for the variables that all share. */
export interface Revisions {
  /** Within the transaction of a change. */
  count(functionRowId: number): void
  of(functionRowId: number): string
  /** Within the transaction of the change. Throws PRECONDITION_FAILED. */
  check(functionRowId: number, mayChange: MayChange | undefined): void
}

type Row = Record<string, unknown>

/** Columns that invocations write: that is no change of the function. */
const notedByRuns = ['id_skew', 'last_cron_at']

export function createRevisions(db: Database): Revisions {
  const count = db.prepare<[number]>('update functions set changes = changes + 1 where seq = ?')
  const functionRow = db.prepare<[number], Row>(
    'select *, (select count(*) from versions where function = functions.seq) as versions from functions where seq = ?'
  )
  const countShared = db.prepare<[]>('update shared_env_changes set changes = changes + 1')
  const sharedRow = db.prepare<[], Row>('select * from shared_env_changes')
  const variables = db.prepare<[number], { name: string; value: Buffer | string }>(
    'select name, value from env where function = ? order by name'
  )

  function of(functionRowId: number): string {
    const row = functionRowId === SHARED ? sharedRow.get() : functionRow.get(functionRowId)
    const fields = Object.entries(row ?? {}).filter(([name]) => !notedByRuns.includes(name))
    const hash = createHash('sha256').update(JSON.stringify(fields))
    for (const { name, value } of variables.iterate(functionRowId)) {
      hash.update(JSON.stringify([name, value.length])).update(value)
    }
    return hash.digest('base64url').slice(0, 22)
  }

  return {
    count(functionRowId) {
      if (functionRowId === SHARED) countShared.run()
      else count.run(functionRowId)
    },
    of,
    check(functionRowId, mayChange) {
      if (mayChange !== undefined && !mayChange(of(functionRowId))) throw changedMeanwhile()
    }
  }
}
