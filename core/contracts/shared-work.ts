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

/** What callers of a function use of its rate limit. */
export interface RateLimitUse {
  /** Calls in the window of the caller who has used most of it; 0: no window is open. */
  readonly used: number
  /** Whose calls are counted at the moment, `MAX_COUNTED_CALLERS` at most. */
  readonly callers: number
  /** Until the window of that caller ends; undefined: none is open. */
  readonly resetMs: number | undefined
}

/** Callers of one function that are looked at; beyond, use that is told may be that of another one. */
export const MAX_COUNTED_CALLERS = 10_000

export interface RateCounter {
  /** Counts one call of `caller`. Never are more calls let in than the limit says. */
  count(functionId: string, limit: RateLimit, caller: string): Promise<RateLimitState>
  /** Counts nothing. What other servers have set aside for calls to come is told as used. */
  use(functionId: string, limit: RateLimit): Promise<RateLimitUse>
}

/** Calls of functions that are in progress, and those that may still be. */
export interface PlaceBook {
  /** How many this server has given away. */
  of(functionId: string): number
  /** Returns what gives the place back, which may be called more than once; undefined: there is none. */
  take(functionId: string, limit: number): MaybePromise<(() => void) | undefined>
  /**
   * A call will ask for a place if what it asks first allows that: so both are asked together. Returns what is to be
   * called when it has asked, or will not. Left out: to ask costs nothing.
   */
  expect?(functionId: string, limit: number): () => void
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

/** What servers keep in memory and read again when another one has changed it. */
export type SharedTopic = 'sessions' | 'tokens' | 'alerts'

/** Executions that somebody wants to see live, wherever they run. Nothing is sent while nobody looks. */
export interface LiveNews {
  /** Says whose executions are looked at on this server; undefined: nobody looks. */
  watch(functions: ReadonlySet<string> | 'all' | undefined): void
  /** Whether somebody looks on other servers; called with each change. */
  onWanted(listener: (isWanted: boolean) => void): void
  /** Something is to be told of an execution of this server: its record can be read by all. */
  publish(functionId: string, executionId: string): void
  /** What other servers tell, and how many more there were than could be sent. */
  onNews(
    listener: (functionId: string, executionId: string) => void,
    onLeftOut: (count: number) => void
  ): void
}

/** How a server is, as it says itself. */
export interface NodeFigures {
  /** Where it listens; not there before it does. */
  readonly port?: number
  readonly pid: number
  readonly cores: number
  /** Of its machine: processes that run or wait for a core, on average over the last minute. */
  readonly load: number
  /** Bytes of the server process. */
  readonly memory: number
  /** How many sandboxes by what they are doing, and `waiting` calls. */
  readonly sandboxes: Readonly<Record<string, number>>
  /** How many there may be; not there of a server of an earlier version, as are the next two. */
  readonly sandboxMax?: number
  /** That have ended, on average over the last seconds. */
  readonly callsPerSecond?: number
  /** The longest that its event loop was late within the last seconds. */
  readonly eventLoopDelayMs?: number
}

export interface NodeRecord {
  readonly id: number
  readonly isThis: boolean
  readonly isAlive: boolean
  readonly host: string
  readonly version: string
  /** Unix seconds. */
  readonly startedAt: number
  /** When it was heard of, in Unix milliseconds by the clock of the database. */
  readonly seenAt: number
  /** How long ago that was, in milliseconds. */
  readonly ageMs: number
  /** Whether it does what one server does for all, such as schedules. */
  readonly isLeading: boolean
  /** By how much its clock is ahead of the database's, and what the way there takes. */
  readonly skewMs: number | undefined
  /** Changes of functions and variables that it did not know of then. */
  readonly behind: number | undefined
  readonly figures: NodeFigures | undefined
}

export interface NodeBook {
  /** What this server says of itself from now on, with each renewal of its lease. */
  describe(figures: () => NodeFigures): void
  /**
   * Those that live, and of those that died within a day without taking leave the newest twenty. After a week nothing
   * is left of one but its number with what it ran.
   */
  list(): Promise<readonly NodeRecord[]>
}

/** What the other servers that live say of a function. */
export interface UseElsewhere {
  /** Runs that go on; one that has begun within the last tenth of a second may be missing. */
  readonly running: number
  /** Calls that each of them has refused since its start, by reason; as they were some seconds ago. */
  readonly refused: ReadonlyArray<Readonly<Record<string, number>>>
}

export interface FunctionUse {
  /** What this server has refused since its start; the others know of it some seconds later. */
  noteRefused(functionId: string, counts: Readonly<Record<string, number>>): void
  elsewhere(functionId: string): Promise<UseElsewhere>
}

export interface ClaimedTicks {
  readonly ours: readonly string[]
  /** Another server runs them, or may, and has recorded nothing yet; to be asked for again in a moment. */
  readonly open: readonly string[]
}

/** Values of JSON for the server that leads, in the order in which they came. */
export interface SharedInbox {
  post(notices: readonly unknown[]): Promise<void>
  /** The oldest, which stay until they are removed. */
  read(limit: number): Promise<ReadonlyArray<{ readonly seq: number; readonly notice: unknown }>>
  /** Up to that one. */
  remove(seq: number): Promise<void>
}

export interface SharedWork {
  /** Unix milliseconds by the clock of the database, which all servers go by where they agree on times. */
  now(): number
  /**
   * Whether this server does what one does for all. When the one that did is gone, another one does from then on. False
   * while the database is away.
   */
  leads(): Promise<boolean>
  /**
   * Which of these functions this server runs for the minute `scheduled` (Unix seconds): of all servers one, which need
   * not be asked again.
   */
  claimTicks(functionIds: readonly string[], scheduled: number): Promise<ClaimedTicks>
  /**
   * Gives what tells whether the other servers have known ever since that this one lives; it costs next to nothing to
   * ask. Once they may believe it to be dead it is false for ever, and what was begun is to end: another server may
   * begin it again.
   */
  hold(): () => boolean
  readonly rates: RateCounter
  readonly places: PlaceBook
  readonly deliveries: DeliveryStore
  readonly guesses: GuessCounter
  readonly nodes: NodeBook
  readonly functionUse: FunctionUse
  readonly live: LiveNews
  readonly alertNotices: SharedInbox
  /**
   * Calls `refresh` within a second after any server has changed it; one that rejects is called again. Never twice at
   * the same time.
   */
  onChange(topic: SharedTopic, refresh: () => Promise<void>): void
}
