/**
 * What waits for a sandbox: first come, first served within an owner (a function), by turns between owners.
 *
 * A run holds a request and all that was made of it, which the garbage collector copies again and again while it
 * waits: under overload that was a fifth of the server's time. So of a long queue only the runs that are near are
 * made; behind them wait calls of which nothing has been made yet. A call keeps its place while its run is made.
 */
import type { Place, WaitingCall } from '../../core/contracts/invocation.js'
import type { Run } from '../invocation.js'

/** So many runs are near: more than processes take between two turns of the event loop. Owners share them. */
const NEAR = 128
const NEAR_OF_ONE = 4
/** A place is kept so long for a call whose run is being made. Most need no time; a caller's body may never come. */
const KEPT_MS = 100

interface Lane {
  runs: Run[]
  calls: WaitingCall[]
  readonly kept: Set<KeptPlace>
}

const length = (lane: Lane | undefined): number =>
  lane === undefined ? 0 : lane.runs.length + lane.calls.length + lane.kept.size

export class KeptPlace implements Place {
  readonly keptSince = performance.now()
  readonly waitedMs: number

  constructor(
    call: WaitingCall,
    private readonly onLeave: (place: KeptPlace) => boolean
  ) {
    this.waitedMs = this.keptSince - call.queuedAt
  }

  /** True if it was still kept. */
  leave(): boolean {
    return this.onLeave(this)
  }
}

export class FairQueue {
  /** Runs, calls, and places kept for those between. */
  size = 0
  /** Calls alone. */
  calls = 0
  /** In the order of their turns; none is empty. */
  private readonly lanes = new Map<string, Lane>()

  /** `limit`: places in all, which those owners that wait share equally once they are taken. */
  constructor(private readonly limit: number) {}

  has(owner: string): boolean {
    return this.lanes.has(owner)
  }

  hasRuns(owner: string): boolean {
    return (this.lanes.get(owner)?.runs.length ?? 0) > 0
  }

  /** Whether a further run of the owner would find no place. */
  refuses(owner: string): boolean {
    if (this.size < this.limit) return false
    const lane = this.lanes.get(owner)
    const owners = this.lanes.size + (lane === undefined ? 1 : 0)
    return (length(lane) + 1) * owners > this.limit
  }

  /** Whether a further call of the owner is to wait before a run is made of it. */
  isLong(owner: string): boolean {
    const lane = this.lanes.get(owner)
    return (
      lane !== undefined &&
      (lane.calls.length > 0 || lane.runs.length + lane.kept.size >= this.near())
    )
  }

  /** Gives what is left without a place, if there is something: this one, or one of an owner with more than its share. */
  push(owner: string, run: Run): Run | WaitingCall | undefined {
    return this.add(owner, run, lane => lane.runs.push(run))
  }

  /** The same for a call; it is served after all runs of its owner. */
  park(owner: string, call: WaitingCall): Run | WaitingCall | undefined {
    return this.add(owner, call, lane => {
      this.calls++
      return lane.calls.push(call)
    })
  }

  /** The run of a call whose place was kept until now: it is not refused. */
  pushKept(owner: string, run: Run): void {
    this.laneOf(owner).runs.push(run)
    this.size++
  }

  private add<T extends Run | WaitingCall>(
    owner: string,
    item: T,
    put: (lane: Lane) => number
  ): Run | WaitingCall | undefined {
    if (this.refuses(owner)) return item
    const other = this.size < this.limit ? undefined : this.takeOfLongest()
    if (other === undefined && this.size >= this.limit) return item
    put(this.laneOf(owner))
    this.size++
    return other
  }

  private laneOf(owner: string): Lane {
    const lane = this.lanes.get(owner) ?? { runs: [], calls: [], kept: new Set() }
    this.lanes.set(owner, lane)
    return lane
  }

  /** Takes the last of the owner with most; undefined when that had begun already and was put back, or is being made. */
  private takeOfLongest(): Run | WaitingCall | undefined {
    let longest: [owner: string, lane: Lane] | undefined
    for (const entry of this.lanes) {
      if (longest === undefined || length(entry[1]) > length(longest[1])) longest = entry
    }
    if (longest === undefined) return undefined
    const [owner, lane] = longest
    if (lane.calls.length > 0) this.calls--
    else if (lane.runs.at(-1)?.begun !== false) return undefined
    const last = lane.calls.pop() ?? lane.runs.pop()
    this.size--
    this.forgetEmpty(owner, lane)
    return last
  }

  /** Takes out one whose caller has hung up. False: it does not wait here, or no more. */
  remove(owner: string, item: Run | WaitingCall): boolean {
    const lane = this.lanes.get(owner)
    if (lane === undefined) return false
    const run = (lane.runs as Array<Run | WaitingCall>).lastIndexOf(item)
    const call = run >= 0 ? -1 : (lane.calls as Array<Run | WaitingCall>).lastIndexOf(item)
    if (run >= 0) lane.runs.splice(run, 1)
    else if (call >= 0) lane.calls.splice(call, 1)
    else return false
    if (call >= 0) this.calls--
    this.size--
    this.forgetEmpty(owner, lane)
    return true
  }

  /** Puts runs back where they came from: among their owner's others by the time they were queued. */
  putBack(owner: string, runs: readonly Run[]): void {
    if (runs.length === 0) return
    const lane = this.laneOf(owner)
    lane.runs = [...runs, ...lane.runs].sort((a, b) => a.queuedAt - b.queuedAt)
    this.size += runs.length
  }

  /** Offers the first run of each owner by turns until nobody's is taken; an owner that had its turn goes last. */
  drain(take: (run: Run) => boolean): void {
    for (const [owner, lane] of this.lanes) {
      const [first] = lane.runs
      if (first === undefined || !take(first)) continue
      this.size--
      lane.runs.shift()
      this.lanes.delete(owner)
      // Set again while iterating: visited once more, after the others.
      if (length(lane) > 0) this.lanes.set(owner, lane)
    }
  }

  /** Calls in those that are near now, or all. */
  enter(all = false): void {
    const near = all ? Infinity : this.near()
    for (const [owner, lane] of this.lanes) {
      const room = near - lane.runs.length - lane.kept.size
      if (lane.calls.length === 0 || room <= 0) continue
      const entering = lane.calls.splice(0, room)
      this.calls -= entering.length
      const onLeave = (place: KeptPlace): boolean => this.leave(owner, lane, place)
      const places = entering.map(call => new KeptPlace(call, onLeave))
      for (const place of places) lane.kept.add(place)
      entering.forEach((call, i) => {
        call.enter(places[i] as KeptPlace)
      })
    }
  }

  private leave(owner: string, lane: Lane, place: KeptPlace): boolean {
    if (!lane.kept.delete(place)) return false
    this.size--
    this.forgetEmpty(owner, lane)
    return true
  }

  /** Gives up the places of calls whose runs are not there in time: they go on without. */
  giveUpKept(now: number): void {
    for (const { kept } of this.lanes.values()) {
      for (const place of kept) if (now - place.keptSince > KEPT_MS) place.leave()
    }
  }

  /** Takes out what was queued before `time` (of `performance.now()`). */
  expire(time: number): Array<Run | WaitingCall> {
    const expired: Array<Run | WaitingCall> = []
    const isFresh = ({ queuedAt }: Run | WaitingCall): boolean => queuedAt > time
    for (const [owner, lane] of this.lanes) {
      const { runs, calls } = lane
      if (runs.every(isFresh) && calls.every(isFresh)) continue
      expired.push(...runs.filter(run => !isFresh(run)), ...calls.filter(call => !isFresh(call)))
      lane.runs = runs.filter(isFresh)
      lane.calls = calls.filter(isFresh)
      this.calls -= calls.length - lane.calls.length
      this.forgetEmpty(owner, lane)
    }
    this.size -= expired.length
    return expired
  }

  /** Takes out all runs. */
  clear(): Run[] {
    const runs = [...this.lanes.values()].flatMap(lane => lane.runs.splice(0))
    for (const [owner, lane] of this.lanes) this.forgetEmpty(owner, lane)
    this.size -= runs.length
    return runs
  }

  /** Takes out all calls. */
  clearCalls(): WaitingCall[] {
    const calls = [...this.lanes.values()].flatMap(lane => lane.calls.splice(0))
    for (const [owner, lane] of this.lanes) this.forgetEmpty(owner, lane)
    this.size -= calls.length
    this.calls = 0
    return calls
  }

  /** Owners and how many runs of each wait; the first of each as an example of its key. */
  *waiting(): Iterable<readonly [owner: string, first: Run, count: number]> {
    for (const [owner, { runs }] of this.lanes) {
      if (runs[0] !== undefined) yield [owner, runs[0], runs.length]
    }
  }

  private near(): number {
    return Math.max(NEAR_OF_ONE, Math.floor(NEAR / this.lanes.size))
  }

  private forgetEmpty(owner: string, lane: Lane): void {
    if (length(lane) === 0 && this.lanes.get(owner) === lane) this.lanes.delete(owner)
  }
}
