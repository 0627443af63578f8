/** `functions.enqueue` and `functions.job`: calls of other functions that are kept, and run in the background. */
import { MAX_DELAY_MS, type JobRecord, type Jobs } from '../../../core/contracts/jobs.js'
import { LuaMisuse } from '../../../core/lua/errors.js'
import { host, param } from '../../../core/lua/module.js'
import { Optional, Text } from '../../../core/lua/types/declare.js'
import { failing } from './failing.js'
import { findTarget, type Directory } from './find-target.js'
import { toEvent } from './to-event.js'
import { enqueueOptions, FunctionJob, request, target } from './types.js'

export interface Enqueueing extends Directory {
  readonly jobs: () => Pick<Jobs, 'enqueue' | 'find'>
}

interface Timing {
  readonly delay: number | undefined
  readonly at: number | undefined
}

const MAX_DELAY = MAX_DELAY_MS / 1000

export const enqueueFunction = (enqueueing: Enqueueing) =>
  host({
    doc:
      'Has another function of this server, or this one, run in the background, and returns the id of the job. ' +
      'The job is stored when this returns, and stays whatever becomes of the run that asked for it. It is tried ' +
      "again when it fails, by the function's `retry`; `ctx.trigger` is `job` then. Access rules are not asked. " +
      'Fails (`nil, message`) when there is no such function, it is disabled, or too many jobs wait.',
    params: [target, request, enqueueOptions],
    returns: Text(),
    returnDoc: "The job's id.",
    fails: true,
    example:
      'local job, err = functions.enqueue("mailer", { body = event.body }, { delay = 30 })\n' +
      'if not job then\n' +
      '  return { statusCode = 503, body = err }\n' +
      'end\n' +
      'return { statusCode = 202, body = job }',
    run: (call, name, asked, options) =>
      failing(async () => {
        const { delay, at, idempotency_key: idempotencyKey } = options ?? noOptions
        const due = readDue({ delay, at })
        const { fn } = await findTarget(enqueueing, name)
        const added = await enqueueing.jobs().enqueue({
          functionId: fn.id,
          event: toEvent(call, fn.id, asked ?? {}),
          caller: { kind: 'function', name: call.functionName },
          idempotencyKey,
          ...due
        })
        return added.id
      })
  })

const noOptions = { delay: undefined, at: undefined, idempotency_key: undefined }

function readDue({ delay, at }: Timing): { delayMs?: number; dueAt?: number } {
  if (delay !== undefined && at !== undefined) {
    throw new LuaMisuse("bad argument #3 to 'functions.enqueue' (delay or at, not both)")
  }
  if (at !== undefined) {
    if (at * 1000 - Date.now() > MAX_DELAY_MS) {
      throw new LuaMisuse(
        `bad argument #3 to 'functions.enqueue' (at is more than ${MAX_DELAY} seconds from now)`
      )
    }
    return { dueAt: Math.round(at * 1000) }
  }
  return delay === undefined ? {} : { delayMs: Math.round(delay * 1000) }
}

export const readJob = ({ jobs }: Pick<Enqueueing, 'jobs'>) =>
  host({
    doc: 'Returns how a job stands, or nil when there is none of this id, or no more.',
    params: [param('id', Text({ max: 100 }), "The job's id, as `functions.enqueue` gave it.")],
    returns: Optional(FunctionJob),
    example:
      'local job = functions.job(event.query.job or "")\n' +
      'if not job then\n' +
      '  return { statusCode = 404, body = "no such job" }\n' +
      'end\n' +
      'return { body = job.status }',
    run: async (_call, id) => {
      const job = await jobs().find(id)
      return job && toLua(job)
    }
  })

const toLua = (job: JobRecord) => ({
  id: job.id,
  function_id: job.functionId,
  status: job.status,
  attempt: job.attempt,
  created_at: toSeconds(job.createdAt),
  due_at: toSeconds(job.dueAt),
  finished_at: job.finishedAt === undefined ? undefined : toSeconds(job.finishedAt),
  execution_id: job.executionId,
  status_code: job.statusCode,
  error: job.error
})

const toSeconds = (ms: number): number => Math.floor(ms / 1000)
