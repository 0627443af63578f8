/** One invocation of a function: what a trigger asks for and what comes back. */
import type { CallChain } from './call-chain.js'
import type { AdmittedCaller } from './front-door.js'
import type { JobSettlements, JobWish } from './job-ends.js'
import type { RunnableVersion } from './module-set.js'
import type { Fault, FunctionRecord, LogEntry, StreamFacts } from './records.js'

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
  /** Left out: nobody sent a request, or nothing more is known of it. */
  readonly details?: EventDetails | undefined
}

/** What a request says beyond the main fields. What is left out is made of them, or is empty. */
export interface EventDetails {
  /** Scheme, host and BASE_PATH of the address that the caller used, without a slash at the end. */
  readonly origin?: string | undefined
  /** Path, behind BASE_PATH, and query as they were sent. */
  readonly target?: string | undefined
  /** The caller's address, as TRUST_PROXY says. */
  readonly ip?: string | undefined
  /** Parameters of the route, percent-decoded. */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** Names and values in turn: every header behind the first of its name, with its canonical name. */
  readonly moreHeaders?: readonly string[] | undefined
  /** The same of the query. */
  readonly moreQuery?: readonly string[] | undefined
}

/** What a trigger asks for: which function is to run, and with what. */
export interface InvocationRequest {
  readonly fn: FunctionRecord
  readonly version: RunnableVersion
  /** 'http', 'cron', 'draft', 'rerun', 'function', 'job', 'alert' or a plugin's own name. */
  readonly trigger: string
  readonly event: InvocationEvent
  /** The id of the request in the log of the server; `ctx.requestId`. */
  readonly requestId: string
  /** False runs it without any record (drafts). */
  readonly record: boolean
  /** Who waits for the outcome; left out: nobody who could stop waiting. */
  readonly caller?: Caller | undefined
  /** The attempt of a job that this is. */
  readonly job?: JobAttempt | undefined
  /**
   * Called when the run has ended, right before its record is written: what is stored then goes with that. Not called
   * when nothing is recorded, or nothing ran. Must not throw.
   */
  readonly beforeRecord?: (() => void) | undefined
  /**
   * Called when a function begins to stream its answer, once the pending record is durable. Left out: the body is
   * collected, and the outcome has all of it.
   */
  readonly openStream?: ((head: StreamHead) => StreamReceiver) | undefined
}

/** What is known of the party that waits for an outcome. */
export interface Caller {
  /** It has hung up. Costs nothing to ask. */
  readonly isGone: boolean
  /** What runs for it is to end, also when it has begun: this server may not go on with it. Left out: never. */
  readonly isRevoked?: boolean
  /**
   * Calls `listener` when it hangs up. Gives a way to end that. The queue uses this: a signal
   * for each call that waits cost hello 8 % more CPU time.
   */
  onGone(listener: () => void): () => void
  /** Aborted when it hangs up. Made at the first use. */
  readonly signal: AbortSignal
  /** Set when another execution made the call and waits for it: what the called one asks for ends with the caller. */
  readonly chain?: CallChain | undefined
  /** As whom the front door of the function has let it in; left out: as anybody. */
  readonly identity?: AdmittedCaller | undefined
  /**
   * Told right before `invoke` rejects, of what has run all the same, or was refused once it had begun. Must not throw.
   */
  readonly onRejected?: ((ran: RanExecution) => void) | undefined
  /** The place in the queue that the call has kept so far; left out: none. */
  readonly reservation?: Reservation | undefined
}

/** A place in the queue that is kept for a call while its invocation is made. */
export interface Reservation {
  /** Milliseconds that the call waited before; they count for QUEUE_TIMEOUT. */
  readonly waitedMs: number
  /** Gives the place up: the call queues by itself now, or never will. True if it was still kept. */
  release(): boolean
}

/** What an answer begins with. */
export interface AnswerHead {
  /** 100 to 999. */
  readonly statusCode: number
  /** Names as the handler wrote them; a list gives several headers of that name. Binary strings. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

/** What the handler answered, with the rules of CONTRACT section 6 applied. */
export interface Answer extends AnswerHead {
  /** Decoded when the handler set `isBase64Encoded`. */
  readonly body: Uint8Array
  readonly isBase64Encoded: boolean
}

/** The beginning of a streamed answer, and whose it is. */
export interface StreamHead extends AnswerHead {
  readonly executionId: string
  readonly functionId: string
  readonly versionId: string
}

/** Takes the body of a streamed answer as the function writes it. How it ended, is told by the outcome. */
export interface StreamReceiver {
  /** A piece, not empty. */
  write(bytes: Uint8Array): void
  /** Tells once more is welcome; with false when whoever asked has left. */
  whenReady(tell: (isOpen: boolean) => void): void
}

/** What came of an invocation: an answer, or a fault. */
export interface Outcome {
  readonly executionId: string
  readonly functionId: string
  readonly versionId: string
  readonly durationMs: number
  /** Exactly one of `answer` and `fault` is set. */
  readonly answer: Answer | undefined
  readonly fault: Fault | undefined
  /** Set when the answer was streamed. Where somebody received it, its body is not in `answer`. */
  readonly stream?: StreamFacts | undefined
  /** Text of CONTRACT section 9, when there is a fault. */
  readonly errorMessage: string | undefined
  /** Masked; kept here for drafts, which have no record. */
  readonly logs: readonly LogEntry[]
  /** What the function said about another attempt, in a job. */
  readonly wish?: JobWish | undefined
}

/** An invocation that is an attempt of a job. */
export interface JobAttempt {
  readonly id: string
  /** From 1. */
  readonly attempt: number
  readonly executionId: string
  /** What becomes of the job, recorded together with the execution. */
  readonly settle: (outcome: JobOutcome) => JobSettlements
}

/** Which execution it was, and how long it took. */
export type RanExecution = Pick<Outcome, 'executionId' | 'functionId' | 'versionId' | 'durationMs'>

export type JobOutcome = Pick<Outcome, 'answer' | 'fault' | 'errorMessage' | 'wish'>
