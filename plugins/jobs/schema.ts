/** Jobs as the API shows them. */
import { Type } from 'typebox'
import { pageOf } from '../../core/http/pagination.js'
import { jobStatuses, type JobRecord } from '../../core/contracts/jobs.js'
import type { ExecutionRecord } from '../../core/contracts/records.js'

export const JobId = Type.String({
  description: 'Id of the job.',
  examples: ['d2c1vb9o5a6c4g1k2m1g']
})

export const Status = Type.Enum([...jobStatuses], {
  description:
    '`queued`: waits for its first attempt; `waiting`: for another one; `dead`: failed for good.'
})

const jobExample = {
  id: 'd2c1vb9o5a6c4g1k2m1g',
  function_id: 'd2c1v7h8e9k0m3n4p5q6',
  function_name: 'mailer',
  status: 'dead',
  trigger: 'job',
  attempt: 5,
  max_attempts: 5,
  attempt_count: 5,
  size: 412,
  status_code: 503,
  error: 'answered 503',
  reason: 'attempts',
  execution_id: 'd2c1vb9o5a6c4g1k2m20',
  created_at: 1767225600,
  due_at: 1767225980,
  started_at: 1767225980,
  finished_at: 1767225981
}

const seconds = (description: string) =>
  Type.Integer({ description: `${description} Unix seconds.` })

const jobFields = {
  id: Type.String(),
  function_id: Type.String(),
  function_name: Type.String(),
  status: Status,
  trigger: Type.String({
    description: 'Of its executions: `job`, `cron`, `alert` or the name of a plugin.'
  }),
  attempt: Type.Integer({
    minimum: 0,
    description: 'The newest attempt since it was made or redriven; 0 before the first.'
  }),
  max_attempts: Type.Integer({ minimum: 1, description: 'By the policy of its function.' }),
  attempt_count: Type.Integer({ minimum: 0, description: 'All attempts.' }),
  size: Type.Integer({ minimum: 0, description: 'Bytes that its event takes.' }),
  version: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'The version it was redriven to; absent: the active one.'
    })
  ),
  status_code: Type.Optional(Type.Integer({ description: 'What the newest attempt answered.' })),
  error: Type.Optional(Type.String({ description: 'What was wrong with the newest attempt.' })),
  reason: Type.Optional(
    Type.String({
      description:
        'Why it is dead: `attempts` (all failed), `status` (an answer that another attempt does not change), ' +
        '`gave_up` (the function said so), `no_version`, `unreadable` (encrypted with another key).'
    })
  ),
  execution_id: Type.Optional(Type.String({ description: 'The newest attempt.' })),
  created_at: seconds('When it was made.'),
  due_at: seconds('When its first or next attempt may begin.'),
  started_at: Type.Optional(seconds('When the newest attempt began.')),
  finished_at: Type.Optional(seconds('When it ended, in whatever way.'))
}

const Job = Type.Object(jobFields, { title: 'Job', examples: [jobExample] })

const attemptExample = {
  id: 'd2c1vb9o5a6c4g1k2m20',
  attempt: 5,
  version: 1,
  status: 'error',
  status_code: 503,
  created_at: 1767225980,
  duration_ms: 12
}

const Attempt = Type.Object(
  {
    id: Type.String({ description: 'Id of the execution.' }),
    attempt: Type.Integer({ minimum: 1 }),
    version: Type.Integer({ minimum: 1 }),
    status: Type.Enum(['pending', 'success', 'error']),
    status_code: Type.Optional(Type.Integer()),
    error_message: Type.Optional(Type.String()),
    error_kind: Type.Optional(Type.String()),
    created_at: seconds('When it began.'),
    duration_ms: Type.Optional(Type.Integer({ minimum: 0, description: 'Absent while pending.' }))
  },
  { title: 'JobAttempt', examples: [attemptExample] }
)

export const JobPage = Type.Object(
  { ...pageOf('jobs', Job).properties },
  {
    title: 'JobPage',
    examples: [{ jobs: [jobExample], pagination: { total: 1, limit: 20, offset: 0 } }]
  }
)

export const JobDetail = Type.Object(
  {
    ...jobFields,
    event_json: Type.Optional(
      Type.String({
        description:
          'The event as JSON text, secrets masked, as executions have it; the job itself keeps it whole. Absent when ' +
          'it cannot be decrypted.'
      })
    ),
    attempts: Type.Array(Attempt, {
      description:
        'Its executions, oldest first, at most 100, as far as the history has them still.'
    })
  },
  {
    title: 'JobDetail',
    examples: [{ ...jobExample, event_json: '{"method":"POST"}', attempts: [attemptExample] }]
  }
)

export const Redriven = Type.Object(
  {
    redriven: Type.Integer({ minimum: 0, description: 'How many are queued again.' }),
    skipped: Type.Integer({
      minimum: 0,
      description: 'How many of `ids` are not: they do not exist, or have not finished.'
    })
  },
  { title: 'Redriven', examples: [{ redriven: 3, skipped: 0 }] }
)

export const toJob = (job: JobRecord, maxAttempts: number) => ({
  id: job.id,
  function_id: job.functionId,
  function_name: job.functionName,
  status: job.status,
  trigger: job.trigger,
  attempt: job.attempt,
  max_attempts: maxAttempts,
  attempt_count: job.attempts,
  size: job.bytes,
  version: job.version,
  status_code: job.statusCode,
  error: job.error,
  reason: job.reason,
  execution_id: job.executionId,
  created_at: toSeconds(job.createdAt),
  due_at: toSeconds(job.dueAt),
  started_at: job.startedAt === undefined ? undefined : toSeconds(job.startedAt),
  finished_at: job.finishedAt === undefined ? undefined : toSeconds(job.finishedAt)
})

export const toAttempt = (execution: ExecutionRecord) => ({
  id: execution.id,
  attempt: execution.attempt ?? 1,
  version: Number(execution.versionId.slice(execution.versionId.lastIndexOf('_v') + 2)),
  status: execution.status,
  status_code: execution.statusCode,
  error_message: execution.errorMessage,
  error_kind: execution.fault?.kind,
  created_at: execution.createdAt,
  duration_ms: execution.durationMs
})

const toSeconds = (ms: number): number => Math.floor(ms / 1000)
