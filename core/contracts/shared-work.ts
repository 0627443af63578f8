/**
 * What several servers on the same data agree on. Rate limits, places and the like hold for all of them together; a
 * single server has the same in memory. What asks the database rejects with DATABASE_UNAVAILABLE while that is away for
 * longer than a call waits.
 */
import type { MaybePromise } from '../base/maybe-promise.js'
import type { RateLimit } from './front-door.js'

export interface RateLimitState {
  readonly isExceeded: boolean
  readonly remaining: number
  /** Until the window ends. */
  readonly resetMs: number
}

export interface RateCounter {
  /** Counts one call of `caller`. Never are more calls let in than the limit says. */
  count(functionId: string, limit: RateLimit, caller: string): Promise<RateLimitState>
}

/** Calls of functions that are in progress, and those that may still be. */
export interface PlaceBook {
  /** How many this server has given away. */
  of(functionId: string): number
  /** Returns what gives the place back, which may be called more than once; undefined: there is none. */
  take(functionId: string, limit: number): MaybePromise<(() => void) | undefined>
}

export type DeliveryState = 'new' | 'running' | 'succeeded'

/** Which signed deliveries were handled, for a day: one whose run has succeeded shall not run again. */
export interface DeliveryStore {
  /** What is known of the delivery; a new one is running from now on. */
  begin(functionId: string, id: string): DeliveryState | Promise<DeliveryState>
  /** Of one that was new. A failure frees its id. */
  end(functionId: string, id: string, succeeded: boolean): void | Promise<void>
}

/** How long wrong attempts of one address keep it out. Times are milliseconds. */
export interface GuessPolicy {
  readonly free: number
  readonly firstWaitMs: number
  readonly maxWaitMs: number
  readonly forgetMs: number
}

/** Wrong attempts to sign in, by address. */
export interface GuessCounter {
  /** Notes one, and gives 0; or gives the milliseconds that the address has to wait, and notes nothing. */
  fail(address: string, policy: GuessPolicy): Promise<number>
  succeed(address: string): Promise<void>
}

export interface SharedWork {
  /**
   * True for one server: it runs this function for the minute `scheduled` (Unix seconds). Waits for a database that is
   * away until `until` (Unix milliseconds), then rejects.
   */
  claimTick(functionId: string, scheduled: number, until: number): Promise<boolean>
  readonly rates: RateCounter
  readonly places: PlaceBook
  readonly deliveries: DeliveryStore
  readonly guesses: GuessCounter
}
