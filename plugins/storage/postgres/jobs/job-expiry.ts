/** Retention of finished jobs. */
import { firstIdOf } from '../../../../core/base/ids.js'
import { jobStatuses } from '../../../../core/contracts/jobs.js'
import { FIRST_FINISHED, toStatusNumber } from '../../jobs/job-rows.js'
import type { Session } from '../db/transaction.js'
import { integers } from '../db/values.js'

interface Found {
  readonly seq: number
  readonly function: number
  readonly status: number
  readonly bytes: number
}

const finished = [...jobStatuses.keys()].filter(status => status >= FIRST_FINISHED)
/** What is deleted before its time when finished jobs have no room; dead ones wait for a decision. */
const expendable = [toStatusNumber('succeeded'), toStatusNumber('cancelled')]
const columns = 'seq, function, status, bytes'

export async function expireJobs(
  session: Session,
  stripe: number,
  { before, limit, most }: { before: number; limit: number; most: number }
): Promise<number> {
  // Jobs are created before they end, and ids sort by their creation: newer ones need not be looked at.
  const bound = firstIdOf(Math.max(0, Math.ceil(before / 1000)))
  const old = await session.all<Found>(
    `select ${columns} from jobs where status = any($1::int8[]) and id < $2 and finished_at < $3
     order by id limit $4 for update skip locked`,
    integers(finished),
    bound,
    Math.floor(before),
    limit
  )
  await remove(session, stripe, old)
  const excess = await findExcess(session, limit - old.length, most)
  await remove(session, stripe, excess)
  return old.length + excess.length
}

async function findExcess(session: Session, limit: number, most: number): Promise<Found[]> {
  const row = await session.get<{ bytes: number }>(
    `select coalesce(sum(bytes), 0)::int8 as bytes from job_counts where function = 0 and status = any($1::int8[])`,
    integers(finished)
  )
  let excess = (row?.bytes ?? 0) - most
  if (!(excess > 0) || limit <= 0) return []
  const rows: Found[] = []
  for (const status of expendable) {
    const oldest = await session.all<Found>(
      `select ${columns} from jobs where status = $1 order by id limit $2 for update skip locked`,
      status,
      limit
    )
    for (const one of oldest) {
      if (excess <= 0 || rows.length === limit) return rows
      rows.push(one)
      excess -= one.bytes
    }
  }
  return rows
}

async function remove(session: Session, stripe: number, rows: readonly Found[]): Promise<void> {
  if (rows.length === 0) return
  const seqs = integers(rows.map(({ seq }) => seq))
  await session.run([
    { sql: 'delete from job_events where job = any($1::int8[])', values: [seqs] },
    {
      // Those of removed functions are counted nowhere any more.
      sql: `with gone as (delete from jobs where seq = any($1::int8[]) returning function, status, bytes)
        select count_jobs(g.function, g.status, $2::int, -count(*), -sum(g.bytes)::int8)
        from gone g join functions f on f.seq = g.function and not f.removed group by g.function, g.status`,
      values: [seqs, stripe]
    }
  ])
}
