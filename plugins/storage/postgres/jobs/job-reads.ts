/** What is read of jobs. */
import { jobStatuses, type JobFilter, type JobRecord } from '../../../../core/contracts/jobs.js'
import type { Page, Paged } from '../../../../core/contracts/page.js'
import { jobColumns as columns, toJob, toStatusNumber } from '../../jobs/job-rows.js'
import { quoteNames } from '../db/sql-text.js'
import type { Session } from '../db/transaction.js'
import { integers } from '../db/values.js'

export const jobColumns = quoteNames(columns)

/** Jobs of a removed function wait for its purge, where nobody sees them. */
export const source = 'from jobs j join functions f on f.seq = j.function and not f.removed'

export async function listJobs(
  session: Session,
  { limit, offset }: Page,
  { status, functionId }: JobFilter
): Promise<Paged<JobRecord>> {
  const fn =
    functionId === undefined
      ? { seq: 0 }
      : await session.get<{ seq: number }>('select seq from functions where id = $1', functionId)
  if (fn === undefined) return { rows: [], total: 0 }
  const statuses = integers(
    status === undefined ? [...jobStatuses.keys()] : [toStatusNumber(status)]
  )
  return session.page(
    {
      // The indexes have the status before the id: the newest of each status, then the newest of those.
      sql: `select ${jobColumns} from unnest($1::int8[]) as s (status)
        cross join lateral (
          select n.* from jobs n join functions o on o.seq = n.function and not o.removed
          where n.status = s.status ${fn.seq === 0 ? 'and $2::int8 = 0' : 'and n.function = $2'}
          order by n.id desc limit $3::int8 + $4::int8
        ) j join functions f on f.seq = j.function
        order by j.id desc limit $3 offset $4`,
      values: [statuses, fn.seq, limit, offset]
    },
    {
      sql: `select coalesce(sum(total), 0)::int8 as total from job_counts
        where function = $1 and status = any($2::int8[])`,
      values: [fn.seq, statuses]
    },
    toJob
  )
}
