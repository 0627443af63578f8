/** The scheduler of sandbox processes, as far as others need it: who may wait, and what there is. */
import type { MoonletError } from '../base/errors.js'
import type { Reservation } from './invocation.js'

export interface Scheduler {
  readonly admission: Admission
  /** How many sandbox processes there are by what they are doing, and `waiting` calls; for people and metrics. */
  counts(): Readonly<Record<string, number>>
  /** Invocations of the function that a process has at the moment. */
  running(functionId: string): number
  /** How many sandbox processes have ended, by reason: a kind of fault, 'retired' or 'exit' (by themselves). */
  exitCounts(): Readonly<Record<string, number>>
  /** How often each host function was called, by `module.function`. */
  hostCalls(): Readonly<Record<string, number>>
}

/** For triggers that can turn a call away, or have it wait, before anything is made of it. */
export interface Admission {
  /** Why a call of the function would be turned away now (QUEUE_FULL); undefined: it would not be. */
  rejection(functionId: string): MoonletError | undefined
  /** Whether calls of the function wait so long that a further one should be deferred rather than invoked. */
  isBacklogged(functionId: string): boolean
  /**
   * Gives a call a place in the queue before it is invoked. It is rejected for the reasons that an invocation has.
   */
  enqueueDeferred(functionId: string, call: DeferredCall): void
  /** Before the server stops: admits all deferred calls, while requests are still served. */
  admitAll(): void
}

/**
 * A call that waits in the queue before anything is made of it. Exactly one of `admit` and `reject` is called,
 * once.
 */
export interface DeferredCall {
  /** When it came; of `performance.now()`. */
  readonly queuedAt: number
  /** Calls `listener` should its caller hang up before it is admitted or rejected: it leaves the queue at once. */
  onGone(listener: () => void): void
  /** Its turn is near: now it is to be invoked, with the place that is kept for it meanwhile. */
  admit(reservation: Reservation): void
  reject(error: MoonletError): void
}
