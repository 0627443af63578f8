/**
 * Ends processes for the sake of others: to make room for a start, or to give memory back.
 *
 * Promises: a function that is called all the time keeps its last process while much colder ones have some that they
 * will soon not need; whoever waits beside it waits for those.
 */
import type { SandboxProcess } from '../process/sandbox-process.js'
import { stoppedFault } from '../process/exit-error.js'
import { MUCH_MORE_POPULAR } from './popularity.js'
import { isSurplus, leastValuable } from './retirement.js'
import type { SchedulerState } from './state.js'

/** A run that began within this time will most likely have ended before a process could be started. */
const SHORT_RUN_MS = 1000
/** A bound process is not retired for the sake of an unbound one before it was idle this long. */
const MIN_IDLE_MS = 1000
/** And the last one of a version that was called so often lately, about once a second, not before this time. */
const OFTEN = 60
const MIN_IDLE_OFTEN_MS = 10_000

export class Eviction {
  constructor(
    private readonly state: Pick<SchedulerState, 'versions' | 'unbound' | 'busy' | 'popularityOf'>
  ) {}

  /** For a process that nobody waits for. False: none may end. */
  makeRoomAhead(now: number): boolean {
    const { versions, unbound } = this.state
    const least = leastValuable(versions.values(), now)
    if (least === undefined) return false
    const isLast = this.isLast(least)
    // One unbound process is worth more than that of a function that nobody calls now; a second one is not.
    if (unbound.length > 0 && isLast) return false
    const isOften = isLast && this.popularityOf(least, now) > OFTEN
    if (now - least.idleSince < (isOften ? MIN_IDLE_OFTEN_MS : MIN_IDLE_MS)) return false
    least.kill(stoppedFault)
    return true
  }

  /** For a version of this popularity, for which nobody waits yet. False: none may end that is called less. */
  makeRoomForSuccessor(popularity: number, now: number): boolean {
    const least = leastValuable(this.state.versions.values(), now)
    if (least === undefined) return false
    if (this.isLast(least) && this.popularityOf(least, now) >= popularity) return false
    least.kill(stoppedFault)
    return true
  }

  /** For a process of a version of this popularity; `starting` are started already. False: none may end now. */
  makeRoom(popularity: number, starting: number, now: number): boolean {
    const { versions, unbound } = this.state
    const least = leastValuable(versions.values(), now)
    if (least === undefined) return false
    const limit = MUCH_MORE_POPULAR * popularity
    if (this.isLast(least) && this.popularityOf(least, now) > limit) {
      if (unbound.length + starting > 0 || this.findColder(limit, now) !== undefined) return false
    }
    least.kill(stoppedFault)
    return true
  }

  /** Ends processes until `excess` bytes are given back: idle ones at once, busy ones when they have nothing to do. */
  giveBack(excess: number, now: number): void {
    for (let left = excess; left > 0;) {
      const least = leastValuable(this.state.versions.values(), now)
      if (least === undefined) return
      const colder = this.isLast(least)
        ? this.findColder(this.popularityOf(least, now) / MUCH_MORE_POPULAR, now)
        : undefined
      const ending = colder ?? least
      ending.retire()
      left -= ending.heldBytes
    }
  }

  /** A further call of its version would find no other process. */
  private isLast(process: SandboxProcess): boolean {
    const version = this.state.versions.get(process.bindingKey ?? '')
    return version !== undefined && !isSurplus(process, version)
  }

  private popularityOf({ bindingKey = '' }: SandboxProcess, now: number): number {
    return this.state.popularityOf(bindingKey, now)
  }

  /** A busy process that will soon be idle, of a version that is called at most so often. */
  private findColder(maxPopularity: number, now: number): SandboxProcess | undefined {
    for (const process of this.state.busy) {
      const { invocations, isUsedUp } = process
      const [run] = invocations
      if (run === undefined || isUsedUp || now - run.startedAt > SHORT_RUN_MS) continue
      if (this.popularityOf(process, now) + invocations.length <= maxPopularity) return process
    }
    return undefined
  }
}
