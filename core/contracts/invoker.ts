/** The one way in: everything that runs a function does it through the invoker. */
import type { ErrorCode } from '../base/errors.js'
import type { Caller, InvocationEvent, InvocationRequest, Outcome } from './invocation.js'
import type { Fault } from './records.js'

export interface Invoker {
  /**
   * Runs one invocation and resolves when its execution record is durable. A fault of the function, its
   * deadline or its limits is an outcome, not a rejection. Rejects only when the queue is full (QUEUE_FULL),
   * the wait for a sandbox was too long (QUEUE_TIMEOUT), its caller hung up meanwhile (CALLER_GONE), the server is
   * stopping (SERVER_STOPPING), no sandbox can be started (SANDBOX_START_FAILED), or the record could not be made
   * durable (STORAGE_FAILED, DATABASE_UNAVAILABLE). A call that is rejected has no record, or one that has ended; its
   * caller's `onRejected` is told which.
   */
  invoke(request: InvocationRequest): Promise<Outcome>
  /** Parses code in a sandbox without running it; undefined when it is fine. */
  check(code: string, caller?: Caller): Promise<Fault | undefined>
  /** Adds hooks around every execution, drafts included. To be called before the server is ready. */
  addHook(hook: InvokerHook): void
  /** Plugins see events and answers, and may keep their bytes. */
  readonly hasHooks: boolean
  /** Tells of the beginning and end of every recorded execution. Gives a way to end that. */
  onExecution(listener: (notice: ExecutionNotice) => void): () => void
  /** Tells of every call once it is settled, drafts included. The listener must be quick and not throw. */
  onCall(listener: (notice: CallNotice) => void): void
  /** Has a call counted that a trigger turned away before it was invoked. */
  noteRejection(trigger: string, error: unknown, functionId?: string): void
  /** Lets what runs end within `graceMs`, then kills; every execution gets its record. */
  stop(graceMs: number): Promise<void>
}

/** What a plugin does around every execution. */
export interface InvokerHook {
  /** The plugin's name, for messages. */
  readonly name: string
  /**
   * Gives another event to run with, a Refusal, or nothing. What it throws counts as a refusal, as does taking
   * longer than 10 seconds.
   */
  readonly before?:
    | ((request: InvocationRequest, executionId: string) => BeforeResult | Promise<BeforeResult>)
    | undefined
  /** Sees the outcome once its record is durable. What it throws is logged. */
  readonly after?:
    ((outcome: Outcome, request: InvocationRequest) => void | Promise<void>) | undefined
}

export type BeforeResult = InvocationEvent | HookRefusal | undefined | void

/** What `new Refusal(reason)` makes (core/invoker/hooks.ts). */
export interface HookRefusal {
  readonly reason: string
}

/** Beginning and end of every recorded execution, for the live view. */
export interface ExecutionNotice {
  readonly phase: 'begin' | 'end'
  readonly executionId: string
  readonly functionId: string
}

/** What became of one call, for metrics. */
export interface CallNotice {
  readonly trigger: string
  readonly functionId: string | undefined
  /** Undefined when the call got no sandbox. */
  readonly outcome: Pick<Outcome, 'executionId' | 'durationMs' | 'answer' | 'fault'> | undefined
  /** Why it got none. */
  readonly refusal: ErrorCode | undefined
}
