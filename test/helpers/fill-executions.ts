/** A large history, written straight into the database of a server. */
import Database from 'better-sqlite3'

export interface OldExecutions {
  readonly count: number
  readonly createdAt: number
  readonly logs: number
}

/**
 * Finished executions of the only function there is, at one time (Unix seconds), with logs, and the counters that
 * belong to them.
 */
export function fillExecutions(file: string, { count, createdAt, logs }: OldExecutions): void {
  const db = new Database(file, { timeout: 5000 })
  const owner = Number(db.prepare('select seq from functions').pluck().get())
  const numbers = (until: string): string =>
    `with recursive number (i) as (values (0) union all select i + 1 from number where i + 1 < ${until})`
  db.transaction(() => {
    db.prepare(
      `insert into executions (id, function, version, status, trigger, created_at, duration_ms, event_json)
       ${numbers(':count')}
       select printf('%020d', i), :owner, 1, 1, 'http', :createdAt, 1, '{"method":"GET","path":"/","headers":{}}'
       from number`
    ).run({ count, owner, createdAt })
    if (logs > 0) {
      db.prepare(
        `insert into logs (execution, n, level, created_at, message)
         ${numbers(':logs')}
         select e.seq, i, 1, :createdAt, 'something that happened'
         from executions e cross join number where e.function = :owner and e.created_at = :createdAt`
      ).run({ logs, owner, createdAt })
    }
    db.prepare(
      "insert into execution_counts (function, version, trigger, status, total) values (?, 1, 'http', 1, ?)"
    ).run(owner, count)
  })()
  db.pragma('wal_checkpoint(truncate)')
  db.close()
}
