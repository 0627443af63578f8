/**
 * The pool of sandbox processes.
 *
 * A job goes, in this order, to an idle process of its version; into the pipe of a busy one, where its
 * version's runs are short; to a blank process, which is then bound for ever; else it waits in the queue.
 * Promises: no process serves two versions; no owner can keep the others out (share.ts, queue.ts); a job is
 * settled exactly once, whatever happens to processes; a run that ends by a fault of its process takes nobody
 * with it, since what waited behind it is given to another process.
 */
import { availableParallelism } from 'node:os'
import type { Config } from '../../config/schema.js'
import type { WaitingCall } from '../../core/contracts/invocation.js'
import type { MoonletError } from '../../core/base/errors.js'
import { atTurnsEnd } from '../../core/base/tick.js'
import { stoppedFault, timeoutFault } from '../process/exit-error.js'
import { Fleet } from './process-set.js'
import { jobKey, jobOwner, type Job, type JobResult } from '../job.js'
import type { Launcher } from '../process/sandbox-factory.js'
import { pipeDepth } from './pipe-depth.js'
import type { SandboxProcess } from '../process/sandbox-process.js'
import { FairQueue } from './queue.js'
import {
  callerGone,
  queueFull,
  queueTimeout,
  serverStopping,
  startFailed
} from './admission-errors.js'
import { Run } from '../invocation.js'
import { Shares } from './fair-share.js'
import { Ticker } from './ticker.js'
import { VersionProcesses } from './version-processes.js'

/**
 * A job whose version has processes, and does not mostly wait, waits this long for one of them before it takes
 * another. A process takes longer to start, so a burst of short runs starts none. With as many that get on as
 * there are cores, another one could only take turns with them, and its start would take the cores from all.
 */
const PATIENCE_MS = 2
/** A run that takes this long holds up nobody in its pipe. */
const SLOW_MS = 25
/** So many runs before its last one a busy process's successor is started, but never in its first half. */
const SUCCESSOR_AHEAD = 500
/** Processes live shorter than the most by up to this part, so that those started together do not end together. */
const LIFE_SPREAD = 0.2
const SWEEP_MS = 1000
/** A spare follows so long after one was taken: a start stops the server for 5 ms, and the run is answered first. */
const SPARE_DELAY_MS = 20
/** Starts that may fail one after the other before the waiting jobs are told. */
const START_FAILURES = 3

export type PoolSettings = Pick<
  Config,
  | 'SANDBOX_MAX'
  | 'SANDBOX_MAX_INVOCATIONS'
  | 'SANDBOX_IDLE_SECONDS'
  | 'QUEUE_LIMIT'
  | 'QUEUE_TIMEOUT'
>

export class Pool {
  private readonly fleet: Fleet
  private readonly queue: FairQueue
  private readonly shares: Shares
  private readonly ended = new Map<string, number>()
  private readonly versions = new Map<string, VersionProcesses>()
  private readonly busy = new Set<SandboxProcess>()
  /** Those near their last run; as long as they are busy, successors are kept ready for them. */
  private readonly aging = new Set<SandboxProcess>()
  /** Runs that have ended but whose one-way calls have not. */
  private readonly lingering = new Set<Run>()
  private readonly cores = availableParallelism()
  private readonly strict: boolean
  private readonly sweeper: NodeJS.Timeout
  private readonly ticker = new Ticker(now => {
    this.tick(now)
  })
  private spareTimer: NodeJS.Timeout | undefined
  private stopping = false
  private admitting = false
  /** Made once: under overload there are thousands a second. */
  private readonly queueFull: MoonletError
  private onQuiet: (() => void) | undefined

  constructor(
    private readonly launcher: Launcher,
    private readonly settings: PoolSettings
  ) {
    this.shares = new Shares(settings.SANDBOX_MAX)
    this.strict = settings.SANDBOX_MAX_INVOCATIONS === 1
    this.queue = new FairQueue(settings.QUEUE_LIMIT)
    this.queueFull = queueFull(settings.QUEUE_LIMIT)
    this.fleet = new Fleet({
      launcher,
      owner: {
        onReady: process => {
          this.becameReady(process)
        },
        onRunEnd: (process, run) => {
          this.runEnded(process, run)
        },
        onGone: (process, waiting, expected) => {
          this.wentAway(process, waiting, expected)
        }
      },
      max: settings.SANDBOX_MAX,
      strict: this.strict,
      idleMs: settings.SANDBOX_IDLE_SECONDS * 1000,
      idle: () => Array.from(this.versions.values(), ({ idle }) => idle)
    })
    this.sweeper = setInterval(() => {
      this.sweep()
    }, SWEEP_MS).unref()
  }

  /**
   * Starts the first process and waits until it is ready, so that the first job finds one. Rejects with
   * SANDBOX_START_FAILED, saying what the process complained of.
   */
  async start(): Promise<void> {
    const first = this.fleet.start()
    if (!(await first.greeted)) {
      throw startFailed(`The sandbox process does not start: ${await this.launcher.explain()}`)
    }
    this.replenish()
  }

  /** Settles with what came of the job. Rejects with QUEUE_FULL, QUEUE_TIMEOUT, CALLER_GONE, SERVER_STOPPING or SANDBOX_START_FAILED. */
  run(job: Job): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      this.submit(new Run(job, resolve, reject))
    })
  }

  /** Why a job of the owner would be refused now, before it is even made; undefined: it would not be. */
  refusal(owner: string): MoonletError | undefined {
    return this.queue.has(owner) && this.queue.refuses(owner) ? this.queueFull : undefined
  }

  /** Whether a job of the owner would have to wait so long that `park` is better. */
  isLong(owner: string): boolean {
    return this.queue.isLong(owner)
  }

  /** Gives a call a place in the queue before a job is made of it. Refused with the codes of `run`. */
  park(owner: string, call: WaitingCall): void {
    if (this.stopping) return call.refuse(serverStopping())
    const without = this.queue.park(owner, call)
    if (without !== call) {
      call.waits(() => {
        this.abandon(owner, call)
      })
    }
    without?.refuse(this.queueFull)
  }

  /** Calls in all that are parked, so that they are served although the server is about to stop. */
  enterAll(): void {
    this.queue.enter(true)
  }

  /** Sandboxes by what they are doing, and calls that wait for one. */
  counts() {
    let idle = 0
    for (const version of this.versions.values()) idle += version.idle.length
    return {
      busy: this.busy.size,
      idle,
      blank: this.fleet.blankCount,
      starting: this.fleet.startingCount,
      waiting: this.queue.size
    }
  }

  /** Processes that have ended, by reason: a kind of fault, 'retired' or 'exit' (by themselves). */
  ends(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.ended)
  }

  /** How often each host function was called. */
  hostCalls(): Readonly<Record<string, number>> {
    return this.launcher.hostCalls()
  }

  /** Process ids of all sandboxes. */
  get pids(): number[] {
    return [...this.fleet.all].flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
  }

  /** Takes nothing new, refuses what is parked, lets what runs and waits end within `graceMs`, then kills. Settles when no process is left. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true
    for (const call of this.queue.clearCalls()) call.refuse(serverStopping())
    if (!this.quiet) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, graceMs)
        this.onQuiet = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    clearInterval(this.sweeper)
    this.ticker.stop()
    for (const run of [...this.queue.clear(), ...this.lingering]) run.stop(stoppedFault)
    const processes = [...this.fleet.all]
    for (const process of processes) process.kill(stoppedFault)
    await Promise.all(processes.map(process => process.exited))
  }

  private submit(run: Run): void {
    const owner = jobOwner(run.job)
    const kept = run.job.kind === 'run' && run.job.place?.leave() === true
    if (run.isAbandoned) return run.refuse(callerGone)
    if (this.stopping && !kept) return run.refuse(serverStopping())
    if (!this.queue.hasRuns(owner) && this.dispatch(run)) return
    const without = kept ? this.queue.pushKept(owner, run) : this.queue.push(owner, run)
    without?.refuse(this.queueFull)
    if (without === run) return
    run.waits(() => {
      this.abandon(owner, run)
    })
    this.ticker.start()
    this.replenish()
  }

  /** Gives the run to a process, if one may take it now. */
  private dispatch(run: Run): boolean {
    const key = jobKey(run.job)
    const version = this.versions.get(key)
    const mayTake = this.shares.mayTake(jobOwner(run.job))
    if (version !== undefined) {
      const idle = mayTake ? version.idle.at(-1) : undefined
      // Short runs keep no more processes busy than there are cores, and tiny ones one.
      if (
        idle !== undefined &&
        !(version.pace.isShort && version.busy.length >= (version.pace.isTiny ? 1 : this.cores))
      ) {
        return this.occupy(idle, version, run)
      }
      const piped = version.pace.isShort ? version.roomiest(pipeDepth(this.queue.size)) : undefined
      if (piped !== undefined) return this.give(piped, run)
      if (idle !== undefined) return this.occupy(idle, version, run)
    }
    const blank = mayTake && this.isOutOfPatience(run, version) ? this.fleet.takeBlank() : undefined
    if (blank === undefined) return false
    const bound = version ?? new VersionProcesses()
    if (version === undefined) this.versions.set(key, bound)
    this.spareTimer ??= setTimeout(() => {
      this.spareTimer = undefined
      this.replenish()
    }, SPARE_DELAY_MS).unref()
    return this.occupy(blank, bound, run)
  }

  /** Whether the run is to have a process more than its version has. */
  private isOutOfPatience(run: Run, version: VersionProcesses | undefined): boolean {
    if (version === undefined || this.strict || version.isSlow(this.ticker.lookedAt)) return true
    return (
      version.moving(this.ticker.lookedAt) < this.cores &&
      performance.now() - run.queuedAt >= PATIENCE_MS
    )
  }

  private occupy(process: SandboxProcess, version: VersionProcesses, run: Run): true {
    version.toBusy(process)
    this.busy.add(process)
    this.shares.take(jobOwner(run.job))
    this.ticker.start()
    return this.give(process, run)
  }

  private give(process: SandboxProcess, run: Run): true {
    process.give(run)
    if (
      process.uses >= Math.max(process.usesMax - SUCCESSOR_AHEAD, process.usesMax / 2) &&
      !this.strict &&
      !this.aging.has(process)
    ) {
      this.aging.add(process)
      setImmediate(() => {
        this.replenish()
      })
    }
    return true
  }

  private becameReady(process: SandboxProcess): void {
    const { SANDBOX_MAX_INVOCATIONS: max } = this.settings
    process.usesMax = max - Math.floor(Math.random() * LIFE_SPREAD * max)
    this.fleet.becameReady(process)
    this.pump()
  }

  private runEnded(process: SandboxProcess, run: Run): void {
    const version = this.versions.get(jobKey(run.job))
    // The first run of a process also compiles; it says little about the next one.
    if (!run.ghost && process.ended > 1) version?.pace.note(...run.usage, run.hostCalls)
    if (!run.settled) this.lingering.add(run)
    if (process.runs.length === 0) {
      this.busy.delete(process)
      this.shares.give(jobOwner(run.job))
      if (process.uses >= process.usesMax) process.kill(stoppedFault)
      else version?.toIdle(process)
    }
    if (this.queue.size > 0) this.pump()
    else if (this.stopping) this.tellQuiet()
  }

  private wentAway(process: SandboxProcess, waiting: readonly Run[], expected: boolean): void {
    const { key, endedBy } = process
    this.ended.set(endedBy, (this.ended.get(endedBy) ?? 0) + 1)
    const version = key === undefined ? undefined : this.versions.get(key)
    if (version !== undefined && key !== undefined) {
      if (this.busy.has(process)) version.pace.penalize()
      version.drop(process)
      if (version.empty) this.versions.delete(key)
    }
    if (this.busy.delete(process) && process.jobsOf !== undefined) this.shares.give(process.jobsOf)
    this.aging.delete(process)
    this.fleet.wentAway(process, expected)
    this.putBack(waiting)
    if (this.fleet.failures >= START_FAILURES && this.queue.size > 0) void this.tellStartFailed()
    // Its slot is free, but killing and starting are not done in the same breath as what led here.
    setImmediate(() => {
      this.pump()
      this.replenish()
      if (this.stopping) this.tellQuiet()
    })
  }

  private putBack(runs: readonly Run[]): void {
    const [first] = runs
    if (first === undefined) return
    const owner = jobOwner(first.job)
    const wanted = runs.filter(run => !run.isAbandoned)
    this.queue.putBack(owner, wanted)
    for (const run of wanted) {
      run.waits(() => {
        this.abandon(owner, run)
      })
    }
    for (const run of runs) if (run.isAbandoned) run.refuse(callerGone)
  }

  /** The caller of one that waits has hung up: the place is for those who are still there. */
  private abandon(owner: string, waiting: Run | WaitingCall): void {
    if (!this.queue.remove(owner, waiting)) return
    waiting.refuse(callerGone)
    this.pump()
  }

  private pump(): void {
    if (this.queue.size > 0) this.queue.drain(run => this.dispatch(run))
    if (this.queue.calls === 0 || this.admitting) return
    this.admitting = true
    atTurnsEnd(() => {
      this.admitting = false
      this.queue.enter()
    })
  }

  /** Starts processes for what waits, as far as the owners' shares go, and spares. */
  private replenish(): void {
    if (this.stopping && this.queue.size === 0) return
    let needed = 0
    for (const [owner, first, count] of this.queue.waiting()) {
      const version = this.versions.get(jobKey(first.job))
      if (!this.shares.mayTake(owner) || !this.isOutOfPatience(first, version)) continue
      needed += this.strict || version?.isSlow(this.ticker.lookedAt) === true ? count : 1
    }
    for (const process of this.aging) if (process.runs.length > 0) needed++
    this.fleet.replenish(Math.min(needed, this.shares.free))
  }

  /** Deadlines and patience, looked at together and coarsely instead of by a timer for each call. */
  private tick(now: number): void {
    for (const process of this.busy) {
      const [head, next] = process.runs
      if (
        head !== undefined &&
        next !== undefined &&
        !next.ghost &&
        now - head.startedAt > SLOW_MS
      ) {
        this.putBack(process.takeBack())
      }
      process.enforceDeadline(now)
    }
    for (const run of this.lingering) {
      if (!run.settled && now - run.startedAt > this.launcher.timeoutMs) {
        run.stop(timeoutFault(this.launcher.timeoutMs / 1000))
      }
      if (run.settled) this.lingering.delete(run)
    }
    const { QUEUE_TIMEOUT: seconds, SANDBOX_MAX: max } = this.settings
    this.queue.giveUpKept(now)
    for (const waiting of this.queue.size > 0 ? this.queue.expire(now - seconds * 1000) : []) {
      waiting.refuse(queueTimeout(seconds, max))
    }
    this.pump()
    if (this.queue.size > 0) this.replenish()
    if (this.stopping) this.tellQuiet()
    if (this.quiet) this.ticker.stop()
  }

  private sweep(): void {
    this.fleet.sweep(performance.now())
    this.replenish()
  }

  private get quiet(): boolean {
    return this.busy.size === 0 && this.queue.size === 0 && this.lingering.size === 0
  }

  private tellQuiet(): void {
    if (this.quiet) this.onQuiet?.()
  }

  /** Callers learn that there is none; what the process complained of is for the log. */
  private async tellStartFailed(): Promise<void> {
    const complaint = await this.launcher.explain()
    if (this.fleet.failures < START_FAILURES) return
    this.launcher.report('sandbox start', new Error(complaint))
    for (const waiting of [...this.queue.clearCalls(), ...this.queue.clear()]) {
      waiting.refuse(startFailed('No sandbox can be started now; the log of the server says why'))
    }
  }
}
