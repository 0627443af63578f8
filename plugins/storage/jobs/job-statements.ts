/** The statements on jobs, prepared once. */
import type { Database } from 'better-sqlite3'
import {
  FIRST_FINISHED,
  jobColumns,
  QUEUED,
  RUNNING,
  source,
  WAITING,
  type JobRow
} from './job-rows.js'

export type JobStatements = ReturnType<typeof prepareJobStatements>

export function prepareJobStatements(db: Database) {
  return { ...prepareReads(db), ...prepareWrites(db), ...prepareLeases(db) }
}

function prepareReads(db: Database) {
  return {
    find: db.prepare<[string], JobRow>(`select ${jobColumns} ${source} where j.id = ?`),
    findSealed: db
      .prepare<[string], Buffer>(
        `select e.sealed ${source} cross join job_events e on e.job = j.seq where j.id = ?`
      )
      .pluck(),
    sealed: db.prepare<[number], Buffer>('select sealed from job_events where job = ?').pluck(),
    unfinishedRun: db
      .prepare<[number], string>(
        `select id from jobs indexed by jobs_by_schedule
         where function = ? and trigger = 'cron' and status < ${FIRST_FINISHED}`
      )
      .pluck(),
    ofKey: db.prepare<[number, Uint8Array], { seq: number; id: string; createdAt: number }>(
      `select seq, id, created_at as createdAt from jobs indexed by jobs_by_key
       where function = ? and key_hash = ?`
    )
  }
}

function prepareWrites(db: Database) {
  return {
    insert: db.prepare<[string, number, string, number, number, number, Uint8Array | null]>(
      `insert into jobs (id, function, status, trigger, created_at, due_at, bytes, key_hash)
       values (?, ?, ${QUEUED}, ?, ?, ?, ?, ?)`
    ),
    insertEvent: db.prepare<[number | bigint, Uint8Array]>(
      'insert into job_events (job, sealed) values (?, ?)'
    ),
    noteCronRun: db.prepare<[number, number]>(
      'update functions set last_cron_at = max(ifnull(last_cron_at, 0), ?) where seq = ?'
    ),
    forgetKey: db.prepare<[number]>('update jobs set key_hash = null where seq = ?'),
    remove: db.prepare<[number]>('delete from jobs where seq = ?'),
    removeEvent: db.prepare<[number]>('delete from job_events where job = ?'),
    cancel: db.prepare<[number, number, number]>(
      `update jobs set status = ?, finished_at = ?, lease_owner = null, lease_until = null
       where seq = ?`
    ),
    redrive: db.prepare<[number, number | null, number]>(
      `update jobs set status = ${QUEUED}, due_at = ?, version = ?, attempt = 0, finished_at = null,
         status_code = null, reason = null, error = null
       where seq = ?`
    )
  }
}

function prepareLeases(db: Database) {
  return {
    claim: db.prepare<[number, string, number, string, number], JobRow>(
      `update jobs set status = ${RUNNING}, attempt = attempt + 1, attempts = attempts + 1, started_at = ?,
         lease_owner = ?, lease_until = ?, execution_id = ?
       where seq = ?`
    ),
    findRow: db.prepare<[number], JobRow>(
      `select ${jobColumns} from jobs j join functions f on f.seq = j.function where j.seq = ?`
    ),
    leased: db.prepare<[], JobRow & { readonly leaseUntil: number }>(
      `select ${jobColumns}, j.lease_until as leaseUntil
       from jobs j indexed by jobs_by_status cross join functions f on f.seq = j.function
       where j.status = ${RUNNING} order by j.id`
    ),
    setLease: db.prepare<[string, number, number]>(
      'update jobs set lease_owner = ?, lease_until = ? where seq = ?'
    ),
    renew: db.prepare<[number, string]>(
      `update jobs indexed by jobs_by_status set lease_until = ? where status = ${RUNNING} and lease_owner = ?`
    ),
    end: db.prepare<[number, number, number | null, string | null, string | null, number]>(
      `update jobs set status = ?, finished_at = ?, status_code = ?, reason = ?, error = ?,
         lease_owner = null, lease_until = null
       where seq = ?`
    ),
    wait: db.prepare<[number, number | null, string | null, number]>(
      `update jobs set status = ${WAITING}, due_at = ?, status_code = ?, error = ?,
         lease_owner = null, lease_until = null
       where seq = ?`
    ),
    giveBack: db.prepare<[number, number, number]>(
      `update jobs set status = ?, due_at = ?, attempt = attempt - 1, attempts = attempts - 1,
         lease_owner = null, lease_until = null, execution_id = null
       where seq = ?`
    ),
    oldestFinished: db.prepare<[number, string, number, number], JobRow>(
      `select ${jobColumns} ${source.replace('jobs j', 'jobs j indexed by jobs_by_status')}
       where j.status = ? and j.id < ? and j.finished_at < ? order by j.id limit ?`
    ),
    ofFunction: db
      .prepare<[number, number], number>(
        'select seq from jobs indexed by jobs_by_function where function = ? limit ?'
      )
      .pluck(),
    finishedAfter: db.prepare<[number, string, number, number], JobRow>(
      `select ${jobColumns} ${source.replace('jobs j', 'jobs j indexed by jobs_by_status')}
       where j.status = ? and j.id > ? and j.finished_at <= ? and j.status >= ${FIRST_FINISHED} order by j.id limit ?`
    ),
    finishedOfAfter: db.prepare<[number, number, string, number, number], JobRow>(
      `select ${jobColumns} ${source.replace('jobs j', 'jobs j indexed by jobs_by_function')}
       where j.function = ? and j.status = ? and j.id > ? and j.finished_at <= ? order by j.id limit ?`
    )
  }
}
