/** `fastify.jobs`: what others ask of jobs. */
import { MoonletError } from '../../core/base/errors.js'
import type { InvocationEvent } from '../../core/contracts/invocation.js'
import {
  MAX_DELAY_MS,
  MAX_IDEMPOTENCY_KEY,
  type AddedJob,
  type Enqueue,
  type JobRecord,
  type Jobs,
  type JobStore,
  type SettledJob
} from '../../core/contracts/jobs.js'
import type { Clock } from '../../core/cron/clock.js'
import type { JobPace } from './pace.js'
import type { JobRunner } from './runner.js'

export interface ServiceOptions {
  readonly store: Pick<JobStore, 'add' | 'find'>
  readonly runner: Pick<JobRunner, 'noteDue' | 'onSettled'>
  readonly pace: Pick<JobPace, 'noteKept'>
  readonly clock: Pick<Clock, 'now'>
  readonly nextId: () => string
  /** There was no room for a job. */
  readonly onFull: (error: MoonletError, functionId: string) => void
  /** Takes out of an event what no function may get. */
  readonly cleanEvent: (event: InvocationEvent) => InvocationEvent
}

export class JobService implements Jobs {
  constructor(private readonly options: ServiceOptions) {}

  async enqueue(asked: Enqueue): Promise<AddedJob> {
    const { store, runner, nextId, cleanEvent, clock, onFull } = this.options
    const { functionId, trigger = 'job', event, caller, idempotencyKey, isScheduled } = asked
    const createdAt = clock.now()
    const dueAt = readDue(asked, createdAt)
    checkKey(idempotencyKey)
    const job = {
      id: nextId(),
      functionId,
      trigger,
      event: cleanEvent(event),
      caller,
      createdAt,
      dueAt,
      idempotencyKey,
      isScheduled
    }
    const added = await store.add(job).catch((error: unknown) => {
      if (error instanceof MoonletError && error.code === 'JOBS_FULL') onFull(error, functionId)
      throw error
    })
    this.options.pace.noteKept()
    if (added.isNew) runner.noteDue(dueAt)
    return added
  }

  find(id: string): Promise<JobRecord | undefined> {
    return this.options.store.find(id)
  }

  onSettled(listener: (settled: SettledJob) => void): () => void {
    return this.options.runner.onSettled(listener)
  }
}

/** What should have begun already is due now, in the order of when it should have. */
function readDue({ delayMs = 0, dueAt = NaN }: Enqueue, now: number): number {
  const due = Math.round(Number.isNaN(dueAt) ? now + delayMs : dueAt)
  if (!Number.isSafeInteger(due) || due < 0) {
    throw new MoonletError('VALIDATION', 'delay: a job needs a time at which it is due')
  }
  if (due - now > MAX_DELAY_MS) {
    const days = MAX_DELAY_MS / 86_400_000
    throw new MoonletError(
      'VALIDATION',
      `delay: a job cannot be due more than ${days} days from now`
    )
  }
  return due
}

function checkKey(key: string | undefined): void {
  if (key === undefined || (key !== '' && key.length <= MAX_IDEMPOTENCY_KEY)) return
  throw new MoonletError(
    'VALIDATION',
    `idempotency_key: idempotency_key must have 1 to ${MAX_IDEMPOTENCY_KEY} characters`
  )
}
