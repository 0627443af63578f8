/**
 * Claims of due jobs, within a transaction. The queues of the functions are locked, so that a function never runs more
 * at once than it may, whoever claims; what another server is claiming from is passed over.
 */
import type { Claim, ClaimedJob, TakeOver } from '../../../../core/contracts/jobs.js'
import { chooseJobs, type Share } from '../../jobs/fair-shares.js'
import { toClaimedJob } from '../../jobs/job-calls.js'
import { RUNNING, type JobRow } from '../../jobs/job-rows.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import type { Result, Statement } from '../db/statement.js'
import type { Session } from '../db/transaction.js'
import { integers, texts, type ArrayValue } from '../db/values.js'
import { jobColumns } from './job-reads.js'

interface DueJob {
  readonly seq: number
  readonly function: number
  readonly status: number
  readonly bytes: number
}
interface ClaimedRow extends JobRow {
  readonly sealed: Uint8Array | null
}
interface Queue {
  readonly function: number
  readonly most: number | null
}

/** Those that the first statement of a claim has locked: known to the next ones without a round trip. */
const lockedQueues = "string_to_array(current_setting('moonlet.queues', true), ',')::int8[]"

export async function claimJobs(
  session: Session,
  stripe: number,
  secrets: SecretBox,
  claim: Claim
): Promise<ClaimedJob[]> {
  const { owner, now, leaseUntil, limit, places = limit, nextExecutionId } = claim
  const chosen = chooseJobs(await findShares(session, claim), limit, places)
  const jobs = chosen.flatMap(({ jobs }) => jobs)
  if (jobs.length === 0) return []
  const seqs = integers(jobs.map(({ seq }) => seq))
  const results = await session.runLast([
    {
      sql: `update jobs j set status = ${RUNNING}, attempt = attempt + 1, attempts = attempts + 1, started_at = $3,
          lease_owner = $4, lease_until = $5, execution_id = c.execution
        from unnest($1::int8[], $2::text[]) as c (seq, execution) where j.seq = c.seq`,
      values: [seqs, texts(jobs.map(() => nextExecutionId())), now, owner, leaseUntil]
    },
    ...jobs.map(job => ({
      sql: `select move_jobs($1, $2, ${RUNNING}, $3, 1, $4)`,
      values: [job.function, job.status, stripe, job.bytes]
    })),
    ...chosen.map(({ functionRowId }) => ({
      sql: 'select job_queue_left($1, $2)',
      values: [functionRowId, now]
    })),
    claimedStatement(seqs)
  ])
  return toClaimed(secrets, results.at(-1))
}

/** Jobs that the owner has claimed for these executions without knowing: they have had no attempt. */
export async function giveBack(
  session: Session,
  stripe: number,
  { owner, now }: Claim,
  executionIds: readonly string[]
): Promise<void> {
  await session.run([
    {
      sql: `select job_settle(id, lease_owner, attempts, $3, 0, due_at, null, null, null, $4)
        from jobs where status = ${RUNNING} and lease_owner = $1 and execution_id = any($2::text[])`,
      values: [owner, texts(executionIds), Math.floor(now), stripe]
    }
  ])
}

export async function takeOverJobs(
  session: Session,
  secrets: SecretBox,
  { owner, now, leaseUntil, limit, isDead }: TakeOver
): Promise<ClaimedJob[]> {
  const leased = await session.all<{ seq: number; owner: string | null; until: number | null }>(
    `select seq, lease_owner as owner, lease_until as until from jobs j where status = ${RUNNING}
       and not exists (select 1 from purges p where p.function = j.function and p.version = 0)
     order by id for update skip locked`
  )
  const lost = leased
    .filter(row => row.owner !== owner && ((row.until ?? 0) < now || isDead(row.owner ?? '')))
    .slice(0, limit)
    .map(({ seq }) => seq)
  if (lost.length === 0) return []
  const seqs = integers(lost)
  const results = await session.run([
    {
      sql: 'update jobs set lease_owner = $1, lease_until = $2 where seq = any($3::int8[])',
      values: [owner, leaseUntil, seqs]
    },
    claimedStatement(seqs)
  ])
  return toClaimed(secrets, results.at(-1))
}

async function findShares(
  session: Session,
  { now, limit, skip = [] }: Claim
): Promise<Share<DueJob>[]> {
  // Those that run as much as they may are passed over, so that there may be more before the others.
  const [locked, running, due] = await session.run([
    {
      sql: `with locked as (
          select q.function, q.turn, f.max_concurrency as most
          from job_queues q join functions f on f.seq = q.function and f.disabled = 0
          where q.next_due <= $1 and f.id <> all($2::text[])
          order by q.turn, q.function limit $3 + greatest(0, (
            select coalesce(sum(total), 0)::int8 from job_counts where function = 0 and status = ${RUNNING}
          )) for update of q skip locked
        ), noted as (
          select set_config('moonlet.queues', coalesce(string_agg(function::text, ','), ''), true) from locked
        )
        select function, most from locked where (select true from noted) order by turn, function`,
      values: [now, texts(skip), limit]
    },
    // After the locks: what another server has just claimed counts.
    {
      sql: `select function, sum(total)::int8 as total from job_counts
        where status = ${RUNNING} and function = any(${lockedQueues}) group by function`,
      values: []
    },
    {
      sql: `select j.seq, j.function, j.status, j.bytes from unnest(${lockedQueues}) as q (function)
        cross join lateral (
          select * from jobs where function = q.function and status < ${RUNNING} and due_at <= $1
          order by due_at, seq limit $2 for update skip locked
        ) j order by j.due_at, j.seq`,
      values: [now, limit]
    }
  ])
  const queues = (locked?.rows ?? []) as unknown as readonly Queue[]
  const totals = new Map(
    (running?.rows ?? []).map(row => [Number(row['function']), Number(row['total'])])
  )
  const jobs = (due?.rows ?? []) as unknown as DueJob[]
  return queues.map(queue => ({
    functionRowId: queue.function,
    jobs: jobs.filter(job => job.function === queue.function),
    running: totals.get(queue.function) ?? 0,
    max: queue.most ?? Infinity
  }))
}

/** In the order of `seqs`. */
const claimedStatement = (seqs: ArrayValue): Statement => ({
  sql: `select ${jobColumns}, e.sealed from unnest($1::int8[]) with ordinality as c (seq, n)
    join jobs j on j.seq = c.seq join functions f on f.seq = j.function
    left join job_events e on e.job = j.seq order by c.n`,
  values: [seqs]
})

function toClaimed(secrets: SecretBox, result: Result | undefined): ClaimedJob[] {
  const rows = (result?.rows ?? []) as unknown as readonly ClaimedRow[]
  return rows.flatMap(({ sealed, ...row }) => toClaimedJob(secrets, row, sealed) ?? [])
}
