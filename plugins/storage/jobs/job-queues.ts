/**
 * Functions with jobs that are queued or waiting: when the first of them is due, and when a job of theirs was claimed
 * last. So a claim looks at functions that have something due, however many jobs one of them has. Every method must be
 * called within a batch.
 */
import type { Database } from 'better-sqlite3'
import { FIRST_CLAIMED } from './job-rows.js'

export interface DueQueue {
  readonly function: number
  /** As JSON of its front door says; null: none. */
  readonly maxConcurrency: number | null
}

export interface DueJob {
  readonly seq: number
  readonly status: number
  readonly bytes: number
}

export class JobQueues {
  private readonly sql: ReturnType<typeof prepareStatements>

  constructor(db: Database) {
    this.sql = prepareStatements(db)
  }

  /** A job was queued, or waits for another attempt. */
  noteDue(functionRowId: number, dueAt: number, now: number): void {
    this.sql.note.run(functionRowId, dueAt, now)
  }

  /** Jobs of the function have left the queue; `claimedAt` is when, if they were claimed. */
  update(functionRowId: number, claimedAt?: number): void {
    const next = this.sql.first.get(functionRowId)
    if (next === undefined || next === null) this.sql.remove.run(functionRowId)
    else this.sql.set.run(next, claimedAt ?? null, functionRowId)
  }

  drop(functionRowId: number): void {
    this.sql.remove.run(functionRowId)
  }

  /** Those that have waited longest for their turn first. */
  due(now: number, skip: readonly number[], limit: number): DueQueue[] {
    return this.sql.due.all(now, JSON.stringify(skip), limit)
  }

  /** The oldest due jobs. */
  dueJobs(functionRowId: number, now: number, limit: number): DueJob[] {
    return this.sql.dueJobs.all(functionRowId, now, limit)
  }

  nextDue(now: number): number | undefined {
    return this.sql.next.get(now)
  }

  all(): { readonly functionId: string; readonly dueAt: number }[] {
    return this.sql.all.all()
  }
}

const isClaimable = `status < ${FIRST_CLAIMED}`

function prepareStatements(db: Database) {
  return {
    note: db.prepare<[number, number, number]>(
      `insert into job_queues (function, next_due, turn) values (?, ?, ?)
       on conflict do update set next_due = excluded.next_due where excluded.next_due < next_due`
    ),
    first: db
      .prepare<[number], number | null>(
        `select min(due_at) from jobs indexed by jobs_due where function = ? and ${isClaimable}`
      )
      .pluck(),
    set: db.prepare<[number, number | null, number]>(
      'update job_queues set next_due = ?, turn = ifnull(?, turn) where function = ?'
    ),
    remove: db.prepare<[number]>('delete from job_queues where function = ?'),
    due: db.prepare<[number, string, number], DueQueue>(
      `select q.function, f.front_door ->> '$.max_concurrency' as maxConcurrency
       from job_queues q cross join functions f on f.seq = q.function and f.disabled = 0
       where q.next_due <= ? and q.function not in (select value from json_each(?))
       order by q.turn, q.function limit ?`
    ),
    dueJobs: db.prepare<[number, number, number], DueJob>(
      `select seq, status, bytes from jobs indexed by jobs_due
         where function = ? and ${isClaimable} and due_at <= ? order by due_at, seq limit ?`
    ),
    next: db
      .prepare<[number], number>(
        `select q.next_due from job_queues q indexed by job_queues_by_due
         cross join functions f on f.seq = q.function and f.disabled = 0
         where q.next_due > ? order by q.next_due limit 1`
      )
      .pluck(),
    all: db.prepare<[], { functionId: string; dueAt: number }>(
      `select f.id as functionId, q.next_due as dueAt
       from job_queues q cross join functions f on f.seq = q.function and f.disabled = 0`
    )
  }
}
