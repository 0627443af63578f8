/**
 * The one decision of the scheduler: what becomes of an invocation now.
 *
 * It goes, in this order, to an idle process of its version; into the pipe of a busy one, where its version is
 * cheap; to an unbound process, which is then bound for ever; else it waits, and perhaps a process is started for
 * it.
 *
 * `decide` reads the state and changes nothing: the supervisor carries decisions out, the queue keeps what waits.
 */
import { maxInFlight } from './pipelining.js'

/**
 * An invocation whose version has processes waits this long for one of them before it gets another. A process takes
 * longer to start, so a burst of cheap invocations starts none.
 */
export const SCALE_UP_DELAY_MS = 2

/** What `decide` looks at. `P` is a process. */
export interface DecisionState<P> {
  readonly isStopping: boolean
  /** Every invocation has a process of its own (SANDBOX_MAX_INVOCATIONS is 1). */
  readonly singleUse: boolean
  readonly cores: number
  /** Until when all that processes sent has been read; of `performance.now()`. */
  readonly polledAt: number
  /** Processes that are ready and bound to no version. */
  readonly unbound: readonly P[]
  readonly queue: {
    readonly size: number
    hasInvocations(functionId: string): boolean
    isFullFor(functionId: string): boolean
  }
  /** Whether one more process may be busy for the function. */
  canAcquire(functionId: string): boolean
  readonly versions: { get(bindingKey: string): VersionState<P> | undefined }
}

export interface VersionState<P> {
  readonly idle: readonly P[]
  readonly busy: readonly P[]
  readonly cost: {
    readonly isCheap: boolean
    readonly isTrivial: boolean
    readonly isBrief: boolean
    readonly isIoBound: boolean
  }
  /** How long its processes take to compile its code. */
  readonly loadMs: number
  /** Since when it is known what its invocations take; undefined: its first process has not told yet. */
  triedAt(now: number): number | undefined
  leastLoaded(maxInFlight: number): P | undefined
  progressing(now: number): number
}

export interface Candidate {
  /** Invocations of one key have the same code and share processes. */
  readonly bindingKey: string
  readonly functionId: string
  /** Since when it waits; of `performance.now()`. */
  readonly queuedAt: number
  /** Its caller has hung up. */
  readonly isAbandoned: boolean
  /** It waits in the queue, and it is its turn. */
  readonly isQueued: boolean
  /** A place in the queue was kept for it. */
  readonly hasReservation: boolean
}

export type Decision<P> =
  /** An idle process of its version. */
  | { readonly kind: 'assign'; readonly process: P }
  /** A busy process of its version, behind what it runs. */
  | { readonly kind: 'pipeline'; readonly process: P }
  /** A process that has no version yet. */
  | { readonly kind: 'bind'; readonly process: P }
  /** It waits, and a process is wanted for it. */
  | { readonly kind: 'start' }
  /** It waits for the processes that there are. */
  | { readonly kind: 'enqueue' }
  | { readonly kind: 'reject'; readonly reason: RejectionReason }

export type RejectionReason = 'CALLER_GONE' | 'SERVER_STOPPING' | 'QUEUE_FULL'

// Made once, since there are thousands a second.
const start = { kind: 'start' } as const
const enqueue = { kind: 'enqueue' } as const
const callerGone = { kind: 'reject', reason: 'CALLER_GONE' } as const
const serverStopping = { kind: 'reject', reason: 'SERVER_STOPPING' } as const
const queueFull = { kind: 'reject', reason: 'QUEUE_FULL' } as const

/** `now` of `performance.now()`. */
export function decide<P>(
  state: DecisionState<P>,
  invocation: Candidate,
  now: number
): Decision<P> {
  const { functionId, isQueued, hasReservation } = invocation
  if (invocation.isAbandoned) return callerGone
  if (state.isStopping && !isQueued && !hasReservation) return serverStopping
  // First come, first served: an invocation that comes now waits behind those of its function that wait already.
  const isFirst = isQueued || !state.queue.hasInvocations(functionId)
  const assignment = isFirst ? findProcess(state, invocation, now) : undefined
  if (assignment !== undefined) return assignment
  if (isQueued) return enqueue
  if (!hasReservation && state.queue.isFullFor(functionId)) return queueFull
  return neededProcesses(state, invocation, 1, now) > 0 ? start : enqueue
}

function findProcess<P>(
  state: DecisionState<P>,
  invocation: Candidate,
  now: number
): Decision<P> | undefined {
  const version = state.versions.get(invocation.bindingKey)
  const canAcquire = state.canAcquire(invocation.functionId)
  if (version !== undefined) {
    const idle = canAcquire ? version.idle.at(-1) : undefined
    const isWorthwhile = !isSaturated(state, version) && !isCrowded(state, version)
    if (idle !== undefined && isWorthwhile) return { kind: 'assign', process: idle }
    const busy = version.cost.isCheap
      ? version.leastLoaded(maxInFlight(state.queue.size))
      : undefined
    if (busy !== undefined) return { kind: 'pipeline', process: busy }
    if (idle !== undefined && !isCrowded(state, version)) return { kind: 'assign', process: idle }
  }
  const [unbound] = state.unbound
  if (unbound === undefined || !canAcquire) return undefined
  return shouldScaleUp(state, version, invocation, now)
    ? { kind: 'bind', process: unbound }
    : undefined
}

/** A cheap version keeps no more processes busy than there are cores, and a trivial one keeps one. */
function isSaturated<P>(state: DecisionState<P>, { cost, busy }: VersionState<P>): boolean {
  return cost.isCheap && busy.length >= (cost.isTrivial ? 1 : state.cores)
}

/** As many brief runs get on as there are cores: one more would only take turns with them. */
const isCrowded = <P>(state: DecisionState<P>, version: VersionState<P>): boolean =>
  version.cost.isBrief &&
  !version.cost.isCheap &&
  version.progressing(state.polledAt) >= state.cores

/**
 * Whether the invocation is to have a process beyond those that its version has. While the first one has told nothing
 * yet, it has not: each further one would compile the same code. And a process that takes long to compile it is worth
 * waiting as long for those that have.
 */
function shouldScaleUp<P>(
  state: DecisionState<P>,
  version: VersionState<P> | undefined,
  invocation: Candidate,
  now: number
): boolean {
  if (version === undefined || state.singleUse) return true
  const triedAt = version.triedAt(state.polledAt)
  if (triedAt === undefined) return false
  if (isBlocked(state, version)) return true
  // When busy processes already saturate the cores, another one would only compete with them for CPU.
  if (version.progressing(state.polledAt) >= state.cores) return false
  const waited = now - Math.max(invocation.queuedAt, triedAt)
  return waited >= Math.max(SCALE_UP_DELAY_MS, version.loadMs)
}

/** No process of the version is likely to be free soon: its invocations mostly wait, or all of them are stalled. */
const isBlocked = <P>(state: DecisionState<P>, version: VersionState<P>): boolean =>
  version.cost.isIoBound || version.progressing(state.polledAt) === 0

/** How many processes are wanted for `count` invocations that wait, of which `first` is the first. */
export function neededProcesses<P>(
  state: DecisionState<P>,
  first: Candidate,
  count: number,
  now: number
): number {
  if (!state.canAcquire(first.functionId)) return 0
  const version = state.versions.get(first.bindingKey)
  if (!shouldScaleUp(state, version, first, now)) return 0
  return state.singleUse || (version !== undefined && isBlocked(state, version)) ? count : 1
}
