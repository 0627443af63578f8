/** A database as large as users have it: many functions, a long history, jobs and an audit. */
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { createIdSource } from '../../../core/base/ids.js'
import { openStorage } from '../../../plugins/storage/storage.js'
import { seedHistory } from '../history.js'

const MORE_FUNCTIONS = 4000
const AUDIT = 200_000
const JOBS = 200_000
const NEVER_EXPIRES = 365

/** Ids of functions: the one with half of the history first. */
export async function fillDatabase(
  folder: string,
  secretKey: Buffer,
  executions: number,
  retentionDays = NEVER_EXPIRES
): Promise<readonly string[]> {
  const file = join(folder, 'moonlet.db')
  const storage = await openStorage({ file, secretKey })
  const now = Math.floor(Date.now() / 1000)
  const functions = await seedHistory(storage, { executions, now })
  const ids = createIdSource(() => now)
  const code = 'return 1\n'.repeat(100)
  await Promise.all(
    Array.from({ length: MORE_FUNCTIONS }, (_, i) =>
      storage.functions.create({ id: ids.next(), name: `f ${i}`, description: '', code, now })
    )
  )
  await storage.close()
  const db = new Database(file)
  db.prepare('update functions set retention_days = ?').run(retentionDays)
  fillAudit(db, now, functions)
  fillJobs(db, functions[0] ?? '')
  db.close()
  return functions
}

function fillAudit(db: Database.Database, now: number, functions: readonly string[]): void {
  const insert = db.prepare(
    `insert into audit (at, actor_kind, via, ip, action,
       target_kind, target_id, target_name, function_id, before, after)
     values (?, 'owner', 'dashboard', '127.0.0.1', 'function.update', 'function', ?, 'a function', ?, '{}', '{}')`
  )
  db.transaction(() => {
    for (let i = 0; i < AUDIT; i++) {
      const id = functions[i % functions.length]
      insert.run(now - AUDIT + i, id, id)
    }
  })()
}

function fillJobs(db: Database.Database, functionId: string): void {
  db.prepare(
    `insert into jobs (id, function, status, trigger, created_at, due_at, attempt, attempts, bytes, finished_at)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
     select printf('0%019d', i), (select seq from functions where id = ?), 3, 'job', :now, :now, 1, 1, 100, :now
     from n`.replaceAll(':now', String(Date.now()))
  ).run(JOBS, functionId)
  db.exec(
    `insert or replace into job_counts (function, status, total, bytes)
     select 0, 3, ${JOBS}, ${100 * JOBS} union all
     select function, 3, ${JOBS}, ${100 * JOBS} from (select function from jobs limit 1)`
  )
}
