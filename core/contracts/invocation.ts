/** One run of a function: what a trigger asks for and what comes back. */
import type { CalledByFunction } from './call-chain.js'
import type { InvokerHook } from '../invoker/hooks.js'
import type { ErrorCode, MoonletError } from '../base/errors.js'
import type { Fault, FunctionRecord, LogEntry, VersionRecord } from './records.js'

/**
 * The request as the handler sees it. All texts are *binary strings*, one unit (0-255) for each byte, as
 * Node gives header values and as Lua holds strings; `toText` in core/base/binary.ts decodes them.
 */
export interface InvocationEvent {
  readonly method: string
  /** Whole path, percent-decoded, without query. */
  readonly path: string
  /** `path` without `/fn/{id}`; `/` when nothing is left. */
  readonly relativePath: string
  /** Canonical names (`X-My-Header`), first value only. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What a trigger asks for: which function is to run, and with what. */
export interface InvocationRequest {
  readonly fn: FunctionRecord
  readonly version: VersionRecord
  /** 'http', 'cron', 'draft', 'rerun' or a plugin's own name. */
  readonly trigger: string
  readonly event: InvocationEvent
  /** The id of the request in the log of the server; `ctx.requestId`. */
  readonly requestId: string
  /** False runs it without any record (drafts). */
  readonly record: boolean
  /** Set when another run waits for this one; left out: none does. */
  readonly calledBy?: CalledByFunction | undefined
  /** The place in the queue that the call has had so far; left out: none. */
  readonly place?: Place | undefined
  /** Who waits for the answer and may stop doing so; left out: nobody who could. */
  readonly caller?: Caller | undefined
}

/**
 * Whoever waits for an answer. In place of an AbortSignal, since every call has one and hardly any is asked: only
 * calls that have to wait for a sandbox are.
 */
export interface Caller {
  /** It has hung up. */
  readonly isGone: boolean
  /** Calls `listener` when it hangs up. Gives a way to end that. */
  onGone(listener: () => void): () => void
}

/** A call that waits in the queue before anything is made of it. Exactly one of `enter` and `refuse` is called, once. */
export interface WaitingCall {
  /** When it came; of `performance.now()`. */
  readonly queuedAt: number
  /** Its turn is near: now it is to be invoked, with the place that is kept for it meanwhile. */
  enter(place: Place): void
  /** It has its place: it calls `leave` should its caller hang up before it enters or is refused. */
  waits(leave: () => void): void
  refuse(error: MoonletError): void
}

/** What a call that is invoked late keeps of the queue. */
export interface Place {
  /** Milliseconds it waited until it was near; they count for QUEUE_TIMEOUT. */
  readonly waitedMs: number
  /** Gives the place up: the call is in the queue by itself now, or will never be. True if it was still kept. */
  leave(): boolean
}

/** What the handler answered, with the rules of CONTRACT section 6 applied. */
export interface Answer {
  /** 100 to 999. */
  readonly statusCode: number
  /** Names as the handler wrote them; a list gives several headers of that name. Binary strings. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Decoded when the handler set `isBase64Encoded`. */
  readonly body: Uint8Array
  readonly isBase64Encoded: boolean
}

/** What came of a run: an answer, or a fault. */
export interface Outcome {
  readonly executionId: string
  readonly functionId: string
  readonly versionId: string
  readonly durationMs: number
  /** Exactly one of `answer` and `fault` is set. */
  readonly answer: Answer | undefined
  readonly fault: Fault | undefined
  /** Text of CONTRACT section 9, when there is a fault. */
  readonly errorMessage: string | undefined
  /** Masked; kept here for draft runs, which have no record. */
  readonly logs: readonly LogEntry[]
}

/** Beginning and end of every recorded run, for the live view. */
export interface ExecutionNotice {
  readonly phase: 'begin' | 'end'
  readonly executionId: string
  readonly functionId: string
}

/** What became of one call, for metrics. */
export interface CallNotice {
  readonly trigger: string
  /** Undefined when the call got no sandbox. */
  readonly outcome: Pick<Outcome, 'durationMs' | 'answer' | 'fault'> | undefined
  /** Why it got none. */
  readonly refusal: ErrorCode | undefined
}

export interface Invoker {
  /**
   * Runs one invocation and resolves when its execution record is durable. A fault of the function, its
   * deadline or its limits is an outcome, not a rejection. Rejects only when the queue is full (QUEUE_FULL),
   * the wait for a sandbox was too long (QUEUE_TIMEOUT), its caller hung up meanwhile (CALLER_GONE), the server is
   * stopping (SERVER_STOPPING), no sandbox can be started (SANDBOX_START_FAILED), or the record could not be made
   * durable (STORAGE_FAILED). A call that is rejected has no record, or one that has ended.
   */
  invoke(request: InvocationRequest): Promise<Outcome>
  /**
   * Why a call of the function would be refused now (QUEUE_FULL), which then counts as refused; undefined: it would
   * not be. For triggers that can turn a call away before they have read it; `invoke` refuses by itself.
   */
  refusal(functionId: string, trigger: string): MoonletError | undefined
  /** Whether calls of the function wait so long that a trigger should `park` a further one rather than invoke it. */
  isLong(functionId: string): boolean
  /** Gives a call a place in the queue. It is refused for the reasons that `invoke` has, and then counts as refused. */
  park(functionId: string, trigger: string, call: WaitingCall): void
  /** Before the server stops: calls in all that are parked, while requests are still served. */
  enterAll(): void
  /** Parses code in a sandbox without running it; undefined when it is fine. */
  check(code: string, caller?: Caller): Promise<Fault | undefined>
  /** Adds hooks around every execution, drafts included. To be called before the server is ready. */
  addHook(hook: InvokerHook): void
  onExecution(listener: (notice: ExecutionNotice) => void): () => void
  /** Tells of every call once it is settled, drafts included. The listener must be quick and not throw. */
  onCall(listener: (notice: CallNotice) => void): void
  /** How often each host function was called, by `module.function`. */
  hostCalls(): Readonly<Record<string, number>>
  /** How many sandbox processes have ended, by reason: a kind of fault, 'retired' or 'exit' (by themselves). */
  ends(): Readonly<Record<string, number>>
  /** How many sandboxes there are by what they are doing, and `waiting` calls; for people and metrics. */
  counts(): Readonly<Record<string, number>>
  /** Finishes what runs within `graceMs`, then kills; every execution gets its record. */
  stop(graceMs: number): Promise<void>
}
