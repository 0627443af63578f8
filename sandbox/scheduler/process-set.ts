/** How many processes there are: when more are started, ahead of need, and when idle ones are retired. */
import type { SandboxFactory } from '../process/sandbox-factory.js'
import type { ProcessListener, SandboxProcess } from '../process/sandbox-process.js'
import { stoppedFault } from '../process/exit-error.js'
import { Eviction } from './eviction.js'
import { PoolMemory } from './pool-memory.js'
import { maxStarting, mayStartAhead, PrewarmTarget } from './prewarm-target.js'
import type { SchedulerState } from './state.js'

/** Far more than a start takes: one that is only slow, on a busy machine, must not be repeated again and again. */
const START_DEADLINE_MS = 60_000
/** The pause after a start that failed; doubled with each further one, up to the second value. */
const RETRY_MS = 500
const MAX_RETRY_MS = 30_000
/** An idle process gives memory back after this time: long enough that one which is called now and then rarely does. */
const REST_AFTER_MS = 10_000
/** How many do so in one sweep, since each takes a core for some 25 ms. */
const MAX_RESTS_AT_ONCE = 2
/** With fewer processes than this, none is kept unbound at the cost of a bound one. */
const MIN_FOR_PREWARMING = 4
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
  private readonly eviction: Eviction
  /** Starts that failed since the last one that did not. */
  failures = 0
  private mayStartAt = 0

  constructor(
    private readonly state: SchedulerState,
    private readonly options: ProcessSetOptions
  ) {
    this.target = new PrewarmTarget(state.singleUse)
    this.memory = new PoolMemory(this.all, options.memory)
    this.eviction = new Eviction(state)
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

  /** For versions of these popularities, which will want one soon: only in the place of one that is called less. */
  startSuccessors(popularities: Iterable<number>): void {
    const now = performance.now()
    if (now < this.mayStartAt) return
    for (const popularity of popularities) {
      // Those that start are for whoever waits; one of them is unbound in the end, or the next look starts it.
      if (this.starting.size > 0) return
      if (this.isFull && !this.eviction.makeRoomForSuccessor(popularity, now)) return
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
    this.eviction.giveBack(this.memory.measure(this.state.busy), now)
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

  /** For a process of a version of this popularity, or for one that nobody waits for. False: none may end. */
  private makeRoom(popularity: number | undefined, now: number): boolean {
    if (popularity !== undefined) return this.eviction.makeRoom(popularity, this.starting.size, now)
    return this.options.max >= MIN_FOR_PREWARMING && this.eviction.makeRoomAhead(now)
  }
}
