/** How many processes there are: when more are started, ahead of need, and when idle ones are retired. */
import type { SandboxFactory } from '../process/sandbox-factory.js'
import type { ProcessListener, SandboxProcess } from '../process/sandbox-process.js'
import { stoppedFault } from '../process/exit-error.js'
import { PoolMemory } from './pool-memory.js'
import { maxStarting, mayStartAhead, PrewarmTarget } from './prewarm-target.js'
import { isSurplus, leastValuable } from './retirement.js'
import type { SchedulerState } from './state.js'

/** Far more than a start takes: one that is only slow, on a busy machine, must not be repeated again and again. */
const START_DEADLINE_MS = 60_000
/** The pause after a start that failed; doubled with each further one, up to the second value. */
const RETRY_MS = 500
const MAX_RETRY_MS = 30_000
/** A bound process is not retired for the sake of an unbound one before it was idle this long. */
const MIN_IDLE_MS = 1000
/** An idle process gives memory back after this time: long enough that one which is called now and then rarely does. */
const REST_AFTER_MS = 10_000
/** How many do so in one sweep, since each takes a core for some 25 ms. */
const MAX_RESTS_AT_ONCE = 2
/** With fewer processes than this, none is kept unbound at the cost of a bound one. */
const MIN_FOR_PREWARMING = 4
/**
 * A process of a version that is called so many times as often as those that wait is not retired for them while other
 * processes start, or are about to be bound: with one place for many functions that are called in turn, each of them
 * would cost the one that is called all the time its process. Nor while one of them has only just begun to run.
 */
const MUCH_MORE_POPULAR = 8
/** A run that began within this time will most likely have ended before a process could be started. */
const SHORT_RUN_MS = 1000
/** An unbound process beyond need is retired once it was idle this long. */
const MAX_UNBOUND_IDLE_MS = 10_000

export interface ProcessSetOptions {
  readonly factory: SandboxFactory
  readonly listener: ProcessListener
  /** SANDBOX_MAX */
  readonly max: number
  /** SANDBOX_POOL_MEMORY */
  readonly memory: number
  /** Milliseconds after which an idle process is retired. */
  readonly idleMs: number
}

export class ProcessSet {
  readonly all = new Set<SandboxProcess>()
  readonly memory: PoolMemory
  private readonly starting = new Set<SandboxProcess>()
  private readonly target: PrewarmTarget
  /** Starts that failed since the last one that did not. */
  failures = 0
  private mayStartAt = 0

  constructor(
    private readonly state: SchedulerState,
    private readonly options: ProcessSetOptions
  ) {
    this.target = new PrewarmTarget(state.singleUse)
    this.memory = new PoolMemory(this.all, options.memory)
  }

  get startingCount(): number {
    return this.starting.size
  }

  /** An unbound process is about to be bound. */
  takeUnbound(process: SandboxProcess): void {
    const { unbound } = this.state
    unbound.splice(unbound.indexOf(process), 1)
    this.target.noteTaken()
  }

  /**
   * Starts processes ahead of need: `needed` for what waits, and beside them those that are kept unbound. `popularity`:
   * of the version that is called most among those that wait.
   */
  replenish(needed: number, popularity: number): void {
    const now = performance.now()
    if (now < this.mayStartAt) return
    const { unbound, singleUse, cores } = this.state
    const wanted = needed + this.target.count
    const atOnce = maxStarting(cores, this.state.settledComputing)
    while (unbound.length + this.starting.size < wanted && this.starting.size < atOnce) {
      const isNeeded = unbound.length + this.starting.size < needed
      if (!isNeeded && !singleUse && !this.mayStartAhead()) return
      while (this.isFull) if (!this.makeRoom(isNeeded ? popularity : undefined, now)) return
      this.start()
    }
  }

  private mayStartAhead(): boolean {
    const { cores, computing, unbound } = this.state
    return mayStartAhead({
      cores,
      computing: computing.used,
      starting: this.starting.size,
      unbound: unbound.length
    })
  }

  start(): SandboxProcess {
    const process = this.options.factory.start(this.options.listener)
    this.all.add(process)
    this.starting.add(process)
    this.memory.add(process)
    this.noteCapacity()
    return process
  }

  private get isFull(): boolean {
    return this.all.size >= this.options.max || this.memory.isFull
  }

  /** Functions share what there is room for. */
  private noteCapacity(): void {
    this.state.places.resize(Math.min(this.options.max, this.memory.capacity))
  }

  onReady(process: SandboxProcess): void {
    this.failures = 0
    this.starting.delete(process)
    this.state.unbound.push(process)
  }

  /** `isExpected`: the server ended it. */
  onExit(process: SandboxProcess, isExpected: boolean): void {
    this.all.delete(process)
    this.memory.remove(process)
    this.noteCapacity()
    if (!this.starting.delete(process) || isExpected) return
    this.failures++
    const pause = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (this.failures - 1))
    this.mayStartAt = performance.now() + pause
  }

  /**
   * Retires what was idle for too long and what is unbound beyond need, aborts starts that hang, and lets idle
   * processes give memory back. Called once a second.
   */
  sweep(now: number): void {
    const { idleMs } = this.options
    this.target.decay()
    for (const process of this.idle().flat()) {
      if (now - process.idleSince > idleMs) process.kill(stoppedFault)
    }
    this.retireUnbound(now, Math.min(idleMs, MAX_UNBOUND_IDLE_MS))
    for (const process of [...this.starting]) {
      if (now - process.startedAt > START_DEADLINE_MS) process.abortStart()
    }
    this.letRest(now)
    this.giveMemoryBack(now)
  }

  /** Idle processes end until all together hold what they may. */
  private giveMemoryBack(now: number): void {
    let excess = this.memory.measure(this.state.busy)
    while (excess > 0) {
      const least = leastValuable(this.state.versions.values(), now)
      if (least === undefined) break
      excess -= least.heldBytes
      least.kill(stoppedFault)
    }
    this.noteCapacity()
  }

  private letRest(now: number): void {
    const due = [...this.state.unbound, ...this.idle().flat()].filter(
      ({ hasRested, idleSince }) => !hasRested && now - idleSince > REST_AFTER_MS
    )
    for (const process of due.slice(0, MAX_RESTS_AT_ONCE)) process.rest()
  }

  private retireUnbound(now: number, maxIdleMs: number): void {
    const { unbound } = this.state
    while (unbound.length > this.target.count) {
      const [oldest] = unbound
      if (oldest === undefined || now - oldest.idleSince <= maxIdleMs) return
      oldest.kill(stoppedFault)
    }
  }

  /** The idle processes of each version. */
  private idle(): ReadonlyArray<readonly SandboxProcess[]> {
    return Array.from(this.state.versions.values(), ({ idle }) => [...idle])
  }

  /**
   * Retires the bound process that is worth least, for a version of this popularity, or for an unbound process. False:
   * none may be retired.
   */
  private makeRoom(popularity: number | undefined, now: number): boolean {
    const isNeeded = popularity !== undefined
    if (!isNeeded && this.options.max < MIN_FOR_PREWARMING) return false
    const { versions, unbound } = this.state
    const least = leastValuable(versions.values(), now)
    if (least === undefined) return false
    const version = versions.get(least.bindingKey ?? '')
    const isSpare = version !== undefined && isSurplus(least, version)
    if (!isNeeded) {
      // One unbound process is worth more than that of a function that nobody calls now; a second one is not.
      if (!isSpare && unbound.length > 0) return false
      if (now - least.idleSince < MIN_IDLE_MS) return false
    } else if (!isSpare) {
      const limit = MUCH_MORE_POPULAR * popularity
      const isMuchMorePopular = (version?.popularity.at(now) ?? 0) > limit
      if (isMuchMorePopular && this.hasOthers(limit, now)) return false
    }
    least.kill(stoppedFault)
    return true
  }

  /** Whether another process than one of a version above that popularity can soon be had. */
  private hasOthers(maxPopularity: number, now: number): boolean {
    const { unbound, busy } = this.state
    if (unbound.length + this.starting.size > 0) return true
    for (const process of busy) {
      const [run] = process.invocations
      if (run === undefined || now - run.startedAt > SHORT_RUN_MS) continue
      if (this.state.popularityOf(run.bindingKey, now) <= maxPopularity) return true
    }
    return false
  }
}
