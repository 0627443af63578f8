/** What is encrypted in a database of SQLite, and whether a key opens it. */
import type { Database } from 'better-sqlite3'
import type { DiscardedSecrets } from '../../../core/contracts/offline-storage.js'
import { targetContext, targetName } from '../alerts/alert-rows.js'
import { HISTORY_NAME } from '../functions/env-entries.js'
import { contextOf } from '../jobs/job-calls.js'
import { WrongKeyError, type SecretBox } from './secret-box.js'

interface SealedRow {
  /** The id of its function, job or alert. */
  readonly owner: string
  readonly name: string
  readonly sealed: Buffer
}

interface SealedKind {
  readonly table: string
  /** Gives rows, what was written last first where the table knows. */
  readonly sql: string
  open(secrets: SecretBox, row: SealedRow): unknown
}

/** Removed functions wait for their purge under another id, with which their values cannot be opened. */
const present = 'not in (select function from purges where version = 0)'

const kinds: readonly SealedKind[] = [
  {
    table: 'env',
    sql: `select coalesce(f.id, '') as owner, e.name, e.value as sealed
      from env e left join functions f on f.seq = e.function
      where typeof(e.value) = 'blob' and e.function ${present}`,
    open: (secrets, { owner, name, sealed }) => secrets.open(sealed, owner, name)
  },
  {
    table: 'env_history',
    sql: `select coalesce(f.id, '') as owner, '' as name, h.sealed
      from env_history h left join functions f on f.seq = h.function
      where h.function ${present} order by h.seq desc`,
    open: (secrets, { owner, sealed }) => secrets.open(sealed, owner, HISTORY_NAME)
  },
  {
    table: 'alerts',
    sql: "select id as owner, '' as name, target as sealed from alerts order by seq desc",
    open: (secrets, { owner, sealed }) =>
      secrets.openBytes(sealed, targetContext(owner), targetName(owner))
  },
  {
    table: 'job_events',
    sql: `select j.id as owner, '' as name, e.sealed
      from job_events e join jobs j on j.seq = e.job order by e.job desc`,
    open: (secrets, { owner, sealed }) =>
      secrets.openBytes(sealed, contextOf(owner), `The event of the job ${owner}`)
  }
]

/** Rows of each kind that are tried before a key counts as a wrong one. */
const MAX_TRIED = 1_000

/**
 * Whether these open what is encrypted; undefined where nothing is. One value that opens is enough, which is nearly
 * always the first: single ones may be damaged, or have been written while a server ran with another key.
 */
export function opensSecrets(db: Database, secrets: SecretBox): boolean | undefined {
  let found = false
  for (const kind of kindsOf(db)) {
    for (const row of db.prepare<[], SealedRow>(`${kind.sql} limit ${MAX_TRIED}`).iterate()) {
      found = true
      if (opens(kind, secrets, row)) return true
    }
  }
  return found ? false : undefined
}

/** Throws a WrongKeyError unless these open one value of each kind. */
export function openEachKind(db: Database, secrets: SecretBox): void {
  for (const kind of kindsOf(db)) {
    const row = db.prepare<[], SealedRow>(`${kind.sql} limit 1`).get()
    if (row !== undefined) kind.open(secrets, row)
  }
}

/** Removes all of it, or nothing. Jobs stay, without their events, and end as `unreadable`. */
export function discardSecrets(db: Database): DiscardedSecrets {
  const remove = (sql: string): number => db.prepare(sql).run().changes
  return db
    .transaction(() => {
      remove('delete from env_history')
      remove('delete from alert_messages')
      return {
        variables: remove("delete from env where typeof(value) = 'blob'"),
        alerts: remove('delete from alerts'),
        jobs: remove('delete from job_events')
      }
    })
    .immediate()
}

/** A database of an earlier version may not have all. */
function kindsOf(db: Database): readonly SealedKind[] {
  const tables = db
    .prepare<[], string>("select name from sqlite_schema where type = 'table'")
    .pluck()
    .all()
  return kinds.filter(({ table }) => tables.includes(table))
}

function opens(kind: SealedKind, secrets: SecretBox, row: SealedRow): boolean {
  try {
    kind.open(secrets, row)
    return true
  } catch (error) {
    if (error instanceof WrongKeyError) return false
    throw error
  }
}
