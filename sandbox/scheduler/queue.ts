/**
 * What waits for a process: first come, first served within a function, and functions take turns.
 *
 * An invocation holds a request and all that was made of it, which the garbage collector copies again and again
 * while it waits: under overload that took a fifth of the server's time. So of a long queue only a window of
 * invocations is made; behind them wait deferred calls, of which nothing has been made yet. A deferred call keeps
 * its place while its invocation is made.
 */
import type { DeferredCall } from '../../core/contracts/scheduler.js'
import type { Invocation } from '../invocation.js'
import { QueueReservation } from './reservation.js'

/** Invocations that are made ahead, of all functions together: more than processes consume in one tick. */
const READY_WINDOW = 128
const MIN_WINDOW_PER_FUNCTION = 4
/** How long a place is kept while an invocation is made. Most need no time; but a caller's body may never come. */
const RESERVATION_MS = 100

/** What waits of one function. */
interface Lane {
  invocations: Invocation[]
  deferred: DeferredCall[]
  readonly reservations: Set<QueueReservation>
}

export type Waiting = Invocation | DeferredCall

const sizeOf = (lane: Lane | undefined): number =>
  lane === undefined ? 0 : lane.invocations.length + lane.deferred.length + lane.reservations.size

export class FairQueue {
  /** Invocations, deferred calls, and reservations. */
  size = 0
  /** Deferred calls alone. */
  deferredCount = 0
  /** In the order of their turns; none is empty. */
  private readonly lanes = new Map<string, Lane>()

  /** `limit`: places in all. Once they are taken, the functions that wait share them equally. */
  constructor(private readonly limit: number) {}

  has(functionId: string): boolean {
    return this.lanes.has(functionId)
  }

  hasInvocations(functionId: string): boolean {
    return (this.lanes.get(functionId)?.invocations.length ?? 0) > 0
  }

  /** Whether one more of the function would find no place. */
  isFullFor(functionId: string): boolean {
    if (this.size < this.limit) return false
    const lane = this.lanes.get(functionId)
    const functions = this.lanes.size + (lane === undefined ? 1 : 0)
    return (sizeOf(lane) + 1) * functions > this.limit
  }

  /** Whether a further call of the function is to be deferred. */
  isBacklogged(functionId: string): boolean {
    const lane = this.lanes.get(functionId)
    if (lane === undefined) return false
    return lane.deferred.length > 0 || inWindow(lane) >= this.windowPerFunction()
  }

  /**
   * Gives whatever is left without a place, if anything is: this one, or one of a function with more than its share.
   */
  push(functionId: string, invocation: Invocation): Waiting | undefined {
    const displaced = this.makePlace(functionId, invocation)
    if (displaced !== invocation) this.add(functionId, invocation)
    return displaced
  }

  /** The same for a deferred call; it comes after all invocations of its function. */
  pushDeferred(functionId: string, call: DeferredCall): Waiting | undefined {
    const displaced = this.makePlace(functionId, call)
    if (displaced === call) return call
    this.laneOf(functionId).deferred.push(call)
    this.deferredCount++
    this.size++
    return displaced
  }

  /** One whose place was reserved until now: it is not turned away. */
  pushReserved(functionId: string, invocation: Invocation): void {
    this.add(functionId, invocation)
  }

  private add(functionId: string, invocation: Invocation): void {
    invocation.isQueued = true
    this.laneOf(functionId).invocations.push(invocation)
    this.size++
  }

  private makePlace(functionId: string, item: Waiting): Waiting | undefined {
    if (this.size < this.limit) return undefined
    return this.isFullFor(functionId) ? item : (this.takeOfLongest() ?? item)
  }

  private laneOf(functionId: string): Lane {
    const known = this.lanes.get(functionId)
    if (known !== undefined) return known
    const lane: Lane = { invocations: [], deferred: [], reservations: new Set() }
    this.lanes.set(functionId, lane)
    return lane
  }

  /**
   * Takes the last of the function with most. Undefined when that has begun already and was put back, or is being
   * made.
   */
  private takeOfLongest(): Waiting | undefined {
    let longest: [functionId: string, lane: Lane] | undefined
    for (const entry of this.lanes) {
      if (longest === undefined || sizeOf(entry[1]) > sizeOf(longest[1])) longest = entry
    }
    if (longest === undefined) return undefined
    const [functionId, lane] = longest
    if (lane.deferred.length > 0) this.deferredCount--
    else if (lane.invocations.at(-1)?.hasBegun !== false) return undefined
    const last = lane.deferred.pop() ?? lane.invocations.pop()
    this.size--
    this.forgetEmpty(functionId, lane)
    return last
  }

  /** Takes one out whose caller has hung up. False: it does not wait here, or no longer. */
  remove(functionId: string, item: Waiting): boolean {
    const lane = this.lanes.get(functionId)
    if (lane === undefined) return false
    if (removeLast<Waiting>(lane.deferred, item)) this.deferredCount--
    else if (!removeLast<Waiting>(lane.invocations, item)) return false
    this.size--
    this.forgetEmpty(functionId, lane)
    return true
  }

  /** Puts invocations back where they came from: among the others of their function, by the time they were queued. */
  requeue(functionId: string, invocations: readonly Invocation[]): void {
    if (invocations.length === 0) return
    for (const invocation of invocations) invocation.isQueued = true
    const lane = this.laneOf(functionId)
    lane.invocations = [...invocations, ...lane.invocations].sort((a, b) => a.queuedAt - b.queuedAt)
    this.size += invocations.length
  }

  /** Offers the first invocation of the function. */
  offer(functionId: string, take: (invocation: Invocation) => boolean): void {
    const lane = this.lanes.get(functionId)
    const first = lane?.invocations[0]
    if (lane === undefined || first === undefined || !take(first)) return
    this.size--
    lane.invocations.shift()
    this.forgetEmpty(functionId, lane)
  }

  /**
   * Offers the first invocation of each function in turn until none is taken; a function that had its turn goes
   * last.
   */
  drain(take: (invocation: Invocation) => boolean): void {
    for (const [functionId, lane] of this.lanes) {
      const [first] = lane.invocations
      if (first === undefined || !take(first)) continue
      this.size--
      lane.invocations.shift()
      this.lanes.delete(functionId)
      // Set again while iterating: visited once more, after the others.
      if (sizeOf(lane) > 0) this.lanes.set(functionId, lane)
    }
  }

  /** Admits the deferred calls for which the window has room now, or all. */
  admitDeferred(all = false): void {
    const window = all ? Infinity : this.windowPerFunction()
    for (const [functionId, lane] of this.lanes) {
      const room = window - inWindow(lane)
      if (lane.deferred.length === 0 || room <= 0) continue
      const admitted = lane.deferred.splice(0, room)
      this.deferredCount -= admitted.length
      const onRelease = (reservation: QueueReservation): boolean =>
        this.release(functionId, lane, reservation)
      const reservations = admitted.map(call => new QueueReservation(call, onRelease))
      for (const reservation of reservations) lane.reservations.add(reservation)
      admitted.forEach((call, i) => {
        call.admit(reservations[i] as QueueReservation)
      })
    }
  }

  private release(functionId: string, lane: Lane, reservation: QueueReservation): boolean {
    if (!lane.reservations.delete(reservation)) return false
    this.size--
    this.forgetEmpty(functionId, lane)
    return true
  }

  /** Gives up the places of calls whose invocations were not made in time: they go on without. */
  expireReservations(now: number): void {
    for (const { reservations } of this.lanes.values()) {
      for (const reservation of reservations) {
        if (now - reservation.madeAt > RESERVATION_MS) reservation.release()
      }
    }
  }

  /** Takes out what was queued before `time` (of `performance.now()`). */
  expire(time: number): Waiting[] {
    const expired: Waiting[] = []
    const isFresh = ({ queuedAt }: Waiting): boolean => queuedAt > time
    for (const [functionId, lane] of this.lanes) {
      const { invocations, deferred } = lane
      if (invocations.every(isFresh) && deferred.every(isFresh)) continue
      expired.push(
        ...invocations.filter(invocation => !isFresh(invocation)),
        ...deferred.filter(call => !isFresh(call))
      )
      lane.invocations = invocations.filter(isFresh)
      lane.deferred = deferred.filter(isFresh)
      this.deferredCount -= deferred.length - lane.deferred.length
      this.forgetEmpty(functionId, lane)
    }
    this.size -= expired.length
    return expired
  }

  /** Takes out all invocations. */
  clearInvocations(): Invocation[] {
    const taken = [...this.lanes.values()].flatMap(lane => lane.invocations.splice(0))
    for (const [functionId, lane] of this.lanes) this.forgetEmpty(functionId, lane)
    this.size -= taken.length
    return taken
  }

  /** Takes out all deferred calls. */
  clearDeferred(): DeferredCall[] {
    const taken = [...this.lanes.values()].flatMap(lane => lane.deferred.splice(0))
    for (const [functionId, lane] of this.lanes) this.forgetEmpty(functionId, lane)
    this.size -= taken.length
    this.deferredCount = 0
    return taken
  }

  /** The first invocation of each function that waits, and how many there are of it. */
  *heads(): Iterable<readonly [first: Invocation, count: number]> {
    for (const { invocations } of this.lanes.values()) {
      if (invocations[0] !== undefined) yield [invocations[0], invocations.length]
    }
  }

  /** All invocations that wait. */
  *all(): Iterable<Invocation> {
    for (const { invocations } of this.lanes.values()) yield* invocations
  }

  private windowPerFunction(): number {
    return Math.max(MIN_WINDOW_PER_FUNCTION, Math.floor(READY_WINDOW / this.lanes.size))
  }

  private forgetEmpty(functionId: string, lane: Lane): void {
    if (sizeOf(lane) === 0 && this.lanes.get(functionId) === lane) this.lanes.delete(functionId)
  }
}

const inWindow = (lane: Lane): number => lane.invocations.length + lane.reservations.size

/** Removes the last of those that are `item`. False: there is none. */
function removeLast<T>(list: T[], item: T): boolean {
  const at = list.lastIndexOf(item)
  if (at < 0) return false
  list.splice(at, 1)
  return true
}
