/** The processes that are bound to one version of a function (or one draft), and what its invocations cost. */
import type { SandboxProcess } from '../process/sandbox-process.js'
import { CostEstimate } from './cost-estimate.js'
import type { Popularity } from './popularity.js'

/** An invocation that has run for longer than a process takes to start, even on a busy machine. */
const STALLED_MS = 100
/** A first run that takes longer than this, from when its code was compiled, tells as much as its answer would. */
const FIRST_RUN_MS = 250

export class VersionProcesses {
  readonly cost = new CostEstimate()
  /** The one that was busy last is used first, so that the others can be retired. */
  readonly idle: SandboxProcess[] = []
  readonly busy: SandboxProcess[] = []

  /** When the first of its invocations ended; of `performance.now()`. */
  private answeredAt: number | undefined
  /** What its processes take to compile its code. */
  loadMs = 0

  constructor(readonly popularity: Popularity) {}

  /** An invocation has ended in the process. */
  noteAnswer({ idleSince, loaded }: SandboxProcess): void {
    this.answeredAt ??= idleSince
    if (loaded !== undefined) this.loadMs = loaded.tookMs
  }

  /** Undefined: its first process has not told yet what an invocation of it takes. */
  triedAt(now: number): number | undefined {
    if (this.answeredAt !== undefined) return this.answeredAt
    for (const { isWaiting, loaded } of this.busy) {
      if (isWaiting) return now
      if (loaded !== undefined && now - loaded.at > FIRST_RUN_MS) return loaded.at
    }
    return undefined
  }

  get isEmpty(): boolean {
    return this.idle.length === 0 && this.busy.length === 0
  }

  /** The busy process with the fewest invocations; undefined when all hold `maxInFlight`. */
  leastLoaded(maxInFlight: number): SandboxProcess | undefined {
    let best: SandboxProcess | undefined
    for (const process of this.busy) {
      const { length } = process.invocations
      if (process.isHeldUp || length >= maxInFlight || process.isUsedUp) continue
      if (best === undefined || length < best.invocations.length) best = process
    }
    return best
  }

  /** How many busy processes are getting on with their work. */
  progressing(now: number): number {
    let count = 0
    for (const process of this.busy) {
      const [head] = process.invocations
      if (head === undefined || head.mayLast || process.isWaiting) continue
      if (process.workedFor(now) <= STALLED_MS) count++
    }
    return count
  }

  toBusy(process: SandboxProcess): void {
    remove(this.idle, process)
    this.busy.push(process)
  }

  toIdle(process: SandboxProcess): void {
    remove(this.busy, process)
    this.idle.push(process)
  }

  remove(process: SandboxProcess): void {
    remove(this.idle, process)
    remove(this.busy, process)
  }
}

function remove(list: SandboxProcess[], process: SandboxProcess): void {
  const at = list.indexOf(process)
  if (at >= 0) list.splice(at, 1)
}
