/** What the pool is asked to do, and what comes of it. */
import type { CalledByFunction } from '../core/contracts/call-chain.js'
import type { Answer, Caller, InvocationEvent, Place } from '../core/contracts/invocation.js'
import type { Fault, FunctionRecord, LogLevel, VersionRecord } from '../core/contracts/records.js'

export interface RunJob {
  readonly kind: 'run'
  /** Runs of one key have the same code and share processes: the version's id, or a draft's own key. */
  readonly key: string
  readonly executionId: string
  readonly fn: Pick<FunctionRecord, 'id' | 'name'>
  readonly version: Pick<VersionRecord, 'id' | 'version' | 'code'>
  readonly trigger: string
  readonly requestId: string
  readonly event: InvocationEvent
  /** Set when another run waits for this one; left out: none does. */
  readonly calledBy?: CalledByFunction | undefined
  /** The place in the queue that it has had so far; left out: none. */
  readonly place?: Place | undefined
  /** Who may hang up while the job waits; left out: nobody. */
  readonly caller?: Caller | undefined
  /** Called once, when a process gets the job. */
  readonly onStart: () => void
  /** Gets the logs of the run, within the budget of one run. */
  readonly onLog: (level: LogLevel, message: string) => void
  /** Gets what Lua's `print` writes, within its budget. */
  readonly onPrint: (line: string) => void
}

/** Parses code without running it. */
export interface CheckJob {
  readonly kind: 'check'
  readonly executionId: string
  readonly code: string
  readonly caller?: Caller | undefined
}

export type Job = RunJob | CheckJob

/** Exactly one of `answer` and `fault` is set, or none for a check that found nothing wrong. */
export interface JobResult {
  readonly answer: Answer | undefined
  readonly fault: Fault | undefined
  /** From the start in the sandbox to its end. */
  readonly durationMs: number
}

/** Jobs of one key share processes: a version's runs, and all checks. */
export const jobKey = (job: Job): string => (job.kind === 'run' ? job.key : 'check')
/** Jobs of one owner share a place in the queue. */
export const jobOwner = (job: Job): string => (job.kind === 'run' ? job.fn.id : 'check')
