/** Where rules get what they look at from: the invoker, jobs, schedules and the disk. */
import type { AlertRule } from '../../core/contracts/alerts.js'
import type { CallNotice } from '../../core/contracts/invoker.js'
import type { JobEnd } from '../../core/contracts/job-ends.js'
import type { SettledJob } from '../../core/contracts/jobs.js'
import type { Storage } from '../../core/contracts/storage.js'
import type { AlertBook } from './alert-book.js'
import { applyNotice, type AlertNotice } from './notices.js'
import type { RuleWatch, Trouble } from './rule-watch.js'

const MINUTE = 60_000
const MIB = 1024 ** 2
/** A disk has recovered when it has this much more than it needs, so that a little up and down tells nothing. */
const DISK_MARGIN = 1.1

export interface SourceOptions {
  readonly storage: {
    readonly functions: Pick<Storage['functions'], 'listScheduled'>
    readonly executions: Pick<Storage['executions'], 'list'>
    readonly jobs: Pick<Storage['jobs'], 'find'>
  }
  readonly now: () => number
  readonly onError: (error: unknown) => void
  /** Bytes of the disk that has the data folder. */
  readonly diskSpace: () => Promise<{ readonly free: number; readonly total: number }>
  /** Where servers share their data: takes what happens on this one to the one that watches. */
  readonly send?: ((notice: AlertNotice) => void) | undefined
}

/** Refusals that tell of more calls than the server takes. */
const full: ReadonlySet<string> = new Set(['QUEUE_FULL', 'QUEUE_TIMEOUT', 'JOBS_FULL'])

export class AlertSources {
  /** When each function last succeeded on its schedule, Unix milliseconds; 0: never. */
  private readonly successes = new Map<string, number>()

  private readonly send: (notice: AlertNotice) => void

  constructor(
    private readonly book: AlertBook,
    private readonly options: SourceOptions
  ) {
    this.send =
      options.send ??
      (notice => {
        applyNotice(book, notice)
      })
  }

  readonly onCall = ({ trigger, functionId, outcome, refusal }: CallNotice): void => {
    if (outcome === undefined) {
      if (refusal !== undefined && full.has(refusal)) this.note('queue_full', { functionId })
      return
    }
    const failed = outcome.fault !== undefined || (outcome.answer?.statusCode ?? 500) >= 500
    if (!failed && trigger === 'cron' && functionId !== undefined) {
      this.successes.set(functionId, this.options.now())
    }
    // A server that stops is no failure of what ran, and a draft is somebody's own experiment.
    if (!failed || trigger === 'draft' || outcome.fault?.kind === 'stopped') return
    const { executionId } = outcome
    this.note('failure', { functionId, executionId, isOfAlert: trigger === 'alert' })
  }

  readonly onJob = ({ job, end }: SettledJob): void => {
    const { id: jobId, functionId, executionId, trigger } = job
    if (trigger === 'alert') this.onAlertJob(jobId, end).catch(this.options.onError)
    if (end.status !== 'dead') return
    this.note('job_dead', { functionId, jobId, executionId, isOfAlert: trigger === 'alert' })
  }

  /** Looks at all that nobody reports. To be called again and again. */
  async measure(): Promise<void> {
    this.book.tick()
    const late = this.book.of('schedule_late')
    if (late.length > 0) await this.measureSchedules(late)
    const disk = this.book.of('disk_low')
    if (disk.length > 0) await this.measureDisk(disk)
  }

  private note(kind: 'failure' | 'job_dead' | 'queue_full', trouble: Trouble): void {
    if (this.book.of(kind).length > 0) this.send({ kind, trouble })
  }

  /** A job that calls the function of an alert. Its error is taken from where secrets are masked. */
  private async onAlertJob(jobId: string, end: JobEnd): Promise<void> {
    if (end.status === 'returned') return
    const hasFailed = end.status !== 'succeeded'
    const job = hasFailed ? await this.options.storage.jobs.find(jobId) : undefined
    const error = hasFailed ? (job?.error ?? 'the function failed') : undefined
    this.send({ kind: 'alert_job', jobId, error })
  }

  private async measureSchedules(watches: readonly RuleWatch[]): Promise<void> {
    const scheduled = await this.options.storage.functions.listScheduled()
    const now = this.options.now()
    for (const watch of watches) {
      const { functionId, lateMinutes } = watch.rule
      const late: string[] = []
      for (const { fn } of scheduled) {
        if (functionId !== undefined && functionId !== fn.id) continue
        const last = await this.lastSuccess(fn.id)
        // One that has just been changed gets its time.
        const since = Math.max(last === 0 ? watch.createdAt : last, fn.updatedAt * 1000)
        if (now - since > lateMinutes * MINUTE) late.push(fn.id)
      }
      this.book.measure(watch, toTrouble(late))
    }
  }

  private async lastSuccess(functionId: string): Promise<number> {
    const known = this.successes.get(functionId)
    // Of runs on other servers nobody tells.
    if (known !== undefined && this.options.send === undefined) return known
    const { rows } = await this.options.storage.executions.list(
      functionId,
      { limit: 1, offset: 0 },
      { trigger: 'cron', status: 'success' }
    )
    const found = (rows[0]?.createdAt ?? 0) * 1000
    // It may have succeeded meanwhile.
    const last = Math.max(found, this.successes.get(functionId) ?? 0)
    this.successes.set(functionId, last)
    return last
  }

  private async measureDisk(watches: readonly RuleWatch[]): Promise<void> {
    const { free, total } = await this.options.diskSpace()
    for (const watch of watches) {
      const { isFiring } = watch.state
      const isLow = free < wantedBytes(watch.rule) * (isFiring ? DISK_MARGIN : 1)
      const detail = `${toMib(free)} MiB are free of ${toMib(total)} MiB.`
      this.book.measure(watch, isLow ? { detail } : undefined)
    }
  }
}

const toMib = (bytes: number): number => Math.floor(bytes / MIB)
const wantedBytes = ({ minFreeMb }: AlertRule): number => minFreeMb * MIB

function toTrouble([first, ...others]: readonly string[]): Trouble | undefined {
  if (first === undefined) return undefined
  if (others.length === 0) return { functionId: first }
  return { functionId: first, detail: `And ${others.length} more.` }
}
