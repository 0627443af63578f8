/**
 * The processes themselves, whatever they are busy with: how many there are, which are blank, when more are
 * started and when idle ones are ended.
 */
import { availableParallelism } from 'node:os'
import type { Launcher } from '../process/sandbox-factory.js'
import type { ProcessOwner, SandboxProcess } from '../process/sandbox-process.js'
import { SpareDemand } from './prewarm-target.js'
import { stoppedFault } from '../process/exit-error.js'

/** Far more than a start takes: one that is only slow, on a busy machine, must not be begun again and again. */
const START_DEADLINE_MS = 60_000
/** After a start that failed; doubled with each further one, up to 30 s. */
const START_PAUSE_MS = 500
/** A bound process is not ended for the sake of a spare before it was idle this long. */
const SPARE_AGE_MS = 1000
/** An idle process gives memory back after this time: long enough that one which is called now and then rarely does. */
const REST_AFTER_MS = 10_000
/** So many in one sweep, since each takes a core for some 25 ms. */
const RESTS_AT_ONCE = 2
/** With fewer processes than this, none is kept blank at the cost of a bound one. */
const ROOM_FOR_SPARE = 4

export interface FleetOptions {
  readonly launcher: Launcher
  readonly owner: ProcessOwner
  /** SANDBOX_MAX */
  readonly max: number
  readonly strict: boolean
  /** Milliseconds after which an idle process is ended. */
  readonly idleMs: number
  /** The idle processes of each version. */
  readonly idle: () => Iterable<readonly SandboxProcess[]>
}

export class Fleet {
  readonly all = new Set<SandboxProcess>()
  private readonly blanks: SandboxProcess[] = []
  private readonly starting = new Set<SandboxProcess>()
  private readonly demand: SpareDemand
  private readonly startingMax = availableParallelism() + 1
  /** Starts that failed since the last one that did not. */
  failures = 0
  private mayStartAt = 0

  constructor(private readonly options: FleetOptions) {
    this.demand = new SpareDemand(options.strict)
  }

  get blankCount(): number {
    return this.blanks.length
  }
  get startingCount(): number {
    return this.starting.size
  }

  takeBlank(): SandboxProcess | undefined {
    const process = this.blanks.shift()
    if (process !== undefined) this.demand.noteTaken()
    return process
  }

  /** Starts processes ahead of need: for `needed` jobs that wait, and the spares beside. */
  replenish(needed: number): void {
    const now = performance.now()
    if (now < this.mayStartAt) return
    const wanted = needed + this.demand.target
    while (
      this.blanks.length + this.starting.size < wanted &&
      this.starting.size < this.startingMax
    ) {
      const forJob = this.blanks.length + this.starting.size < needed
      // A start costs as much as hundreds of runs: spares come one by one.
      if (!forJob && !this.options.strict && this.starting.size > 0) return
      if (this.all.size >= this.options.max && !this.makeRoom(forJob, now)) return
      this.start()
    }
  }

  start(): SandboxProcess {
    const process = this.options.launcher.launch(this.options.owner)
    this.all.add(process)
    this.starting.add(process)
    return process
  }

  becameReady(process: SandboxProcess): void {
    this.failures = 0
    this.starting.delete(process)
    this.blanks.push(process)
  }

  wentAway(process: SandboxProcess, expected: boolean): void {
    this.all.delete(process)
    if (this.starting.delete(process) && !expected) {
      this.failures++
      this.mayStartAt =
        performance.now() + Math.min(30_000, START_PAUSE_MS * 2 ** (this.failures - 1))
    }
    const at = this.blanks.indexOf(process)
    if (at >= 0) this.blanks.splice(at, 1)
  }

  /** Ends what was idle for too long, spares beyond need, and starts that hang; lets idle ones rest. Called once a second. */
  sweep(now: number): void {
    const { idleMs, idle } = this.options
    this.demand.decay()
    for (const process of [...idle()].flat()) {
      if (now - process.idleSince > idleMs) process.kill(stoppedFault)
    }
    while (
      this.blanks.length > this.demand.target &&
      now - (this.blanks[0]?.idleSince ?? now) > Math.min(idleMs, 10_000)
    ) {
      this.blanks[0]?.kill(stoppedFault)
    }
    for (const process of [...this.starting]) {
      if (now - process.startedAt > START_DEADLINE_MS) process.giveUp()
    }
    this.letRest(now)
  }

  private letRest(now: number): void {
    const tired = [...this.blanks, ...[...this.options.idle()].flat()].filter(
      ({ rested, idleSince }) => !rested && now - idleSince > REST_AFTER_MS
    )
    for (const process of tired.slice(0, RESTS_AT_ONCE)) process.rest()
  }

  /** Ends a bound process: of versions with several idle ones, else of all, the one idle longest. False: none may go. */
  private makeRoom(forJob: boolean, now: number): boolean {
    if (!forJob && this.options.max < ROOM_FOR_SPARE) return false
    const idle = [...this.options.idle()]
    const surplus = idleLongest(idle.filter(({ length }) => length > 1))
    // One spare is worth more than the process of a function that nobody calls now; a second one is not.
    if (surplus === undefined && !forJob && this.blanks.length > 0) return false
    const oldest = surplus ?? idleLongest(idle)
    if (oldest === undefined || (!forJob && now - oldest.idleSince < SPARE_AGE_MS)) return false
    oldest.kill(stoppedFault)
    return true
  }
}

function idleLongest(idle: ReadonlyArray<readonly SandboxProcess[]>): SandboxProcess | undefined {
  return idle
    .flat()
    .reduce<SandboxProcess | undefined>(
      (oldest, process) =>
        oldest === undefined || process.idleSince < oldest.idleSince ? process : oldest,
      undefined
    )
}
