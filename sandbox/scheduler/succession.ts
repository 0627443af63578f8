/**
 * Successors: a version that is called often has another process ready, with its code compiled, before the one that it
 * has is used up. So none of its calls waits for a start.
 */
import type { Invocation } from '../invocation.js'
import type { BindJob } from '../job.js'
import type { SandboxProcess } from '../process/sandbox-process.js'
import type { SchedulerState } from './state.js'

/** It is asked for this many runs before the last one, and never before half of them. */
const AHEAD = 500
/** And earlier by up to this part, so that processes that were started together are not replaced together. */
const SPREAD = 0.2
/** Of a version's popularity, which is what it is called in some 90 s: the runs of ten seconds. */
const SOON = 1 / 8

interface Successor {
  /** What it is bound to. */
  readonly job: BindJob
  /** Undefined: it waits for an unbound one. */
  process: SandboxProcess | undefined
}

export class Succession {
  /** By the process that is nearly used up. */
  private readonly successors = new Map<SandboxProcess, Successor>()

  /** `max`: SANDBOX_MAX_INVOCATIONS. */
  constructor(
    private readonly state: SchedulerState,
    private readonly max: number
  ) {}

  /** The process is ready. */
  limit(process: SandboxProcess): void {
    const { max } = this
    process.maxInvocations = max
    if (max === 1) return
    const ahead = Math.min(AHEAD, Math.ceil(max / 2))
    process.replaceAfter = max - ahead - Math.floor(Math.random() * SPREAD * max)
  }

  /** The process has got the invocation. True: from now on an unbound process is wanted for its version. */
  noteAssigned(process: SandboxProcess, { job, bindingKey }: Invocation): boolean {
    const { assigned, replaceAfter, maxInvocations } = process
    if (assigned < replaceAfter || this.successors.has(process) || job.kind !== 'invoke') {
      return false
    }
    const popularity = this.state.popularityOf(bindingKey, performance.now())
    if (maxInvocations - assigned + 1 > popularity * SOON) return false
    const { fn, version } = job
    this.successors.set(process, { job: { bindingKey, fn, version }, process: undefined })
    return true
  }

  /** How often the versions are called for which an unbound process is wanted. */
  *wanted(now: number): Iterable<number> {
    for (const { job, process } of this.successors.values()) {
      if (process === undefined) yield this.state.popularityOf(job.bindingKey, now)
    }
  }

  /** Gives unbound processes, as `take` gives them, to versions that want them. */
  bind(take: () => SandboxProcess | undefined): void {
    for (const successor of this.successors.values()) {
      if (successor.process !== undefined) continue
      const process = take()
      if (process === undefined) return
      successor.process = process
      process.prepare(successor.job)
      this.state.addIdle(process, successor.job.bindingKey)
    }
  }

  /** The process has compiled the code of its version: the one before it ends with what it runs. */
  onPrepared(process: SandboxProcess): void {
    for (const [old, successor] of this.successors) if (successor.process === process) old.retire()
  }

  onExit(process: SandboxProcess): void {
    this.successors.delete(process)
    // With its next invocation the old one has another one.
    for (const [old, successor] of this.successors) {
      if (successor.process === process) this.successors.delete(old)
    }
  }
}
