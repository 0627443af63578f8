/** What the scheduler is asked to do, and what comes of it. */
import type {
  Answer,
  AnswerHead,
  Caller,
  InvocationEvent,
  JobAttempt
} from '../core/contracts/invocation.js'
import type { JobWish } from '../core/contracts/job-ends.js'
import type { RunnableVersion } from '../core/contracts/module-set.js'
import type { Fault, FunctionRecord, LogLevel } from '../core/contracts/records.js'

/** Takes the body of a streamed answer. */
export interface BodySink {
  /** A piece, not empty, a view of what was read from the channel. */
  write(bytes: Uint8Array): void
  /** Tells once more is welcome; with false when nobody takes it any more. */
  whenReady(tell: (isOpen: boolean) => void): void
}

/** Runs the handler of a version. */
export interface InvokeJob {
  readonly kind: 'invoke'
  /** Jobs of one key have the same code and share processes (core/invoker/binding-key.ts). */
  readonly bindingKey: string
  readonly executionId: string
  readonly fn: Pick<FunctionRecord, 'id' | 'name' | 'frontDoor'>
  readonly version: Pick<RunnableVersion, 'id' | 'version' | 'code' | 'modules'>
  readonly trigger: string
  readonly requestId: string
  /** The attempt of a stored job that it is (core/contracts/jobs.ts). */
  readonly attempt?: Pick<JobAttempt, 'id' | 'attempt'> | undefined
  readonly event: InvocationEvent
  /** Who may hang up while the job waits; left out: nobody. */
  readonly caller?: Caller | undefined
  /** Called once, when a process gets the job. */
  readonly onStart: () => void
  /** Called when its answer turns out to be streamed, and has begun; the answer that ends the job has no body then. */
  readonly onStream: (head: AnswerHead, startedAt: number) => BodySink
  /** Gets the logs of the execution, within its budget. */
  readonly onLog: (level: LogLevel, message: string) => void
  /** Gets what Lua's `print` writes, within its budget. */
  readonly onPrint: (line: string) => void
}

/** What a process is bound to: that of all jobs which it may run. */
export type BindJob = Pick<InvokeJob, 'bindingKey' | 'fn' | 'version'>

/** Parses code without running it. */
export interface CheckJob {
  readonly kind: 'check'
  readonly executionId: string
  readonly code: string
  readonly caller?: Caller | undefined
}

export type Job = InvokeJob | CheckJob

/** Exactly one of `answer` and `fault` is set, or none for a check that found nothing wrong. */
export interface JobResult {
  readonly answer: Answer | undefined
  readonly fault: Fault | undefined
  /** What the function said about another attempt, in whatever way it ended. */
  readonly wish?: JobWish | undefined
  /** From the start in the sandbox to its end. */
  readonly durationMs: number
}
