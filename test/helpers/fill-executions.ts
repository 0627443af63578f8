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
  const execution = db.prepare(
    'insert into executions (id, function, version, status, trigger, created_at, duration_ms, event_json) values (?, ?, 1, 1, \'http\', ?, 1, \'{"method":"GET","path":"/","headers":{}}\')'
  )
  const log = db.prepare(
    "insert into logs (execution, n, level, created_at, message) values (?, ?, 1, ?, 'something that happened')"
  )
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const { lastInsertRowid } = execution.run(String(i).padStart(20, '0'), owner, createdAt)
      for (let n = 0; n < logs; n++) log.run(lastInsertRowid, n, createdAt)
    }
    db.prepare(
      "insert into execution_counts (function, version, trigger, status, total) values (?, 1, 'http', 1, ?)"
    ).run(owner, count)
  })()
  db.pragma('wal_checkpoint(truncate)')
  db.close()
}
