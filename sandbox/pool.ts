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
import type { Config } from '../config/schema.js'
import { MoonletError } from '../core/errors.js'
import { stoppedFault, timeoutFault } from './exit-fault.js'
import { Fleet } from './fleet.js'
import { jobKey, jobOwner, type Job, type JobResult } from './job.js'
import type { Launcher } from './launcher.js'
import type { SandboxProcess } from './process.js'
import { FairQueue } from './queue.js'
import { Run } from './run.js'
import { Shares } from './share.js'
import { VersionProcesses } from './version-processes.js'

/** Jobs that may wait in a process's pipe behind the one going on. */
const PIPE_DEPTH = 3
/**
 * A job whose version has processes, and does not mostly wait, waits this long for one of them before it takes
 * another: less while they are fewer than cores, more when another one could only take turns with them. A
 * process takes longer to start, so a burst of short runs starts none.
 */
const PATIENCE_MS = 2
const LONG_PATIENCE_MS = 100
/** A run that takes this long holds up nobody in its pipe. */
const SLOW_MS = 25
/** So many runs before its last one a busy process's successor is started, but never in its first half. */
const SUCCESSOR_AHEAD = 500
/** Processes live shorter than the most by up to this part, so that those started together do not end together. */
const LIFE_SPREAD = 0.2
const TICK_MS = 10
const SWEEP_MS = 1000
/** Starts that may fail one after the other before the waiting jobs are told. */
const START_FAILURES = 3

export type PoolSettings = Pick<Config, 'SANDBOX_MAX' | 'SANDBOX_MAX_INVOCATIONS' | 'SANDBOX_IDLE_SECONDS' | 'QUEUE_LIMIT' | 'QUEUE_TIMEOUT'>

export class Pool {
  private readonly fleet: Fleet
  private readonly queue = new FairQueue()
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
  private ticker: NodeJS.Timeout | undefined
  private stopping = false
  private onQuiet: (() => void) | undefined

  constructor (private readonly launcher: Launcher, private readonly settings: PoolSettings) {
    this.shares = new Shares(settings.SANDBOX_MAX)
    this.strict = settings.SANDBOX_MAX_INVOCATIONS === 1
    this.fleet = new Fleet({
      launcher,
      owner: {
        onReady: process => { this.becameReady(process) },
        onRunEnd: (process, run) => { this.runEnded(process, run) },
        onGone: (process, waiting, expected) => { this.wentAway(process, waiting, expected) }
      },
      max: settings.SANDBOX_MAX,
      strict: this.strict,
      idleMs: settings.SANDBOX_IDLE_SECONDS * 1000,
      idle: () => this.idle()
    })
    this.sweeper = setInterval(() => { this.sweep() }, SWEEP_MS).unref()
  }

  /**
   * Starts the first process and waits until it is ready, so that the first job finds one. Rejects with
   * SANDBOX_START_FAILED, saying what the process complained of.
   */
  async start (): Promise<void> {
    const first = this.fleet.start()
    if (!await first.greeted) throw await this.startError()
    this.replenish()
  }

  /** Settles with what came of the job. Rejects with QUEUE_FULL, QUEUE_TIMEOUT, SERVER_STOPPING or SANDBOX_START_FAILED. */
  run (job: Job): Promise<JobResult> {
    return new Promise((resolve, reject) => { this.submit(new Run(job, resolve, reject)) })
  }

  /** Sandboxes by what they are doing, and calls that wait for one. */
  counts () {
    let idle = 0
    for (const version of this.versions.values()) idle += version.idle.length
    return { busy: this.busy.size, idle, blank: this.fleet.blankCount, starting: this.fleet.startingCount, waiting: this.queue.size }
  }

  /** Processes that have ended, by reason: a kind of fault, 'retired' or 'exit' (by themselves). */
  ends (): Readonly<Record<string, number>> { return Object.fromEntries(this.ended) }

  /** How often each host function was called. */
  hostCalls (): Readonly<Record<string, number>> { return this.launcher.hostCalls() }

  /** Process ids of all sandboxes. */
  get pids (): number[] { return [...this.fleet.all].flatMap(({ pid }) => pid === undefined ? [] : [pid]) }

  /** Takes nothing new, lets what runs and waits end within `graceMs`, then kills. Settles when no process is left. */
  async stop (graceMs: number): Promise<void> {
    this.stopping = true
    if (!this.quiet) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, graceMs)
        this.onQuiet = () => { clearTimeout(timer); resolve() }
      })
    }
    clearInterval(this.sweeper)
    clearInterval(this.ticker)
    for (const run of [...this.queue.clear(), ...this.lingering]) run.stop(stoppedFault)
    const processes = [...this.fleet.all]
    for (const process of processes) process.kill(stoppedFault)
    await Promise.all(processes.map(process => process.exited))
  }

  private submit (run: Run): void {
    if (this.stopping) return run.refuse(new MoonletError('SERVER_STOPPING', 'The server is stopping', { headers: { 'Retry-After': '5' } }))
    const owner = jobOwner(run.job)
    if (!this.queue.has(owner) && this.dispatch(run)) return
    const { QUEUE_LIMIT: limit } = this.settings
    if (this.queue.size >= limit) {
      return run.refuse(new MoonletError('QUEUE_FULL', `Too many calls wait for a sandbox (QUEUE_LIMIT is ${limit})`, { headers: { 'Retry-After': '1' } }))
    }
    this.queue.push(owner, run)
    this.tickWhileBusy()
    this.replenish()
  }

  /** Gives the run to a process, if one may take it now. */
  private dispatch (run: Run): boolean {
    const key = jobKey(run.job)
    const version = this.versions.get(key)
    const mayTake = this.shares.mayTake(jobOwner(run.job))
    if (version !== undefined) {
      const idle = mayTake ? version.idle.at(-1) : undefined
      // Short runs keep no more processes busy than there are cores, and tiny ones one.
      if (idle !== undefined && !(version.pace.isShort && version.busy.length >= (version.pace.isTiny ? 1 : this.cores))) return this.occupy(idle, version, run)
      const piped = version.pace.isShort ? version.roomiest(PIPE_DEPTH) : undefined
      if (piped !== undefined) return this.give(piped, run)
      if (idle !== undefined) return this.occupy(idle, version, run)
    }
    const blank = mayTake && this.isOutOfPatience(run, version, performance.now()) ? this.fleet.takeBlank() : undefined
    if (blank === undefined) return false
    const bound = version ?? new VersionProcesses()
    if (version === undefined) this.versions.set(key, bound)
    this.occupy(blank, bound, run)
    setImmediate(() => { this.replenish() })
    return true
  }

  /** Whether the run is to have a process more than its version has. */
  private isOutOfPatience (run: Run, version: VersionProcesses | undefined, now: number): boolean {
    if (version === undefined || this.strict || version.isSlow(now)) return true
    return now - run.queuedAt >= (version.busy.length < this.cores ? PATIENCE_MS : LONG_PATIENCE_MS)
  }

  private occupy (process: SandboxProcess, version: VersionProcesses, run: Run): true {
    version.toBusy(process)
    this.busy.add(process)
    this.shares.take(jobOwner(run.job))
    this.tickWhileBusy()
    return this.give(process, run)
  }

  private give (process: SandboxProcess, run: Run): true {
    process.give(run)
    if (process.uses >= Math.max(process.usesMax - SUCCESSOR_AHEAD, process.usesMax / 2) && !this.strict && !this.aging.has(process)) {
      this.aging.add(process)
      setImmediate(() => { this.replenish() })
    }
    return true
  }

  private becameReady (process: SandboxProcess): void {
    const { SANDBOX_MAX_INVOCATIONS: max } = this.settings
    process.usesMax = max - Math.floor(Math.random() * LIFE_SPREAD * max)
    this.fleet.becameReady(process)
    this.pump()
  }

  private runEnded (process: SandboxProcess, run: Run): void {
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

  private wentAway (process: SandboxProcess, waiting: readonly Run[], expected: boolean): void {
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
    setImmediate(() => { this.pump(); this.replenish(); if (this.stopping) this.tellQuiet() })
  }

  private putBack (runs: readonly Run[]): void {
    const [first] = runs
    if (first !== undefined) this.queue.putBack(jobOwner(first.job), runs)
  }

  private pump (): void {
    if (this.queue.size > 0) this.queue.drain(run => this.dispatch(run))
  }

  /** Starts processes for what waits, as far as the owners' shares go, and spares. */
  private replenish (): void {
    if (this.stopping && this.queue.size === 0) return
    const now = performance.now()
    let needed = 0
    for (const [owner, first, count] of this.queue.waiting()) {
      const version = this.versions.get(jobKey(first.job))
      if (!this.shares.mayTake(owner) || !this.isOutOfPatience(first, version, now)) continue
      needed += this.strict || version?.isSlow(now) === true ? count : 1
    }
    for (const process of this.aging) if (process.runs.length > 0) needed++
    this.fleet.replenish(Math.min(needed, this.shares.free))
  }

  private tickWhileBusy (): void { this.ticker ??= setInterval(() => { this.tick() }, TICK_MS) }

  /** Deadlines and patience, looked at together and coarsely instead of by a timer for each call. */
  private tick (): void {
    const now = performance.now()
    for (const process of this.busy) {
      const [head, next] = process.runs
      if (head !== undefined && next !== undefined && !next.ghost && now - head.startedAt > SLOW_MS) this.putBack(process.takeBack())
      process.enforceDeadline(now)
    }
    for (const run of this.lingering) {
      if (!run.settled && now - run.startedAt > this.launcher.timeoutMs) run.stop(timeoutFault(this.launcher.timeoutMs / 1000))
      if (run.settled) this.lingering.delete(run)
    }
    const { QUEUE_TIMEOUT: seconds, SANDBOX_MAX: max } = this.settings
    for (const run of this.queue.size > 0 ? this.queue.expire(now - seconds * 1000) : []) {
      run.refuse(new MoonletError('QUEUE_TIMEOUT', `No sandbox was free within ${seconds} seconds (QUEUE_TIMEOUT; SANDBOX_MAX is ${max})`, { headers: { 'Retry-After': '5' } }))
    }
    this.pump()
    if (this.queue.size > 0) this.replenish()
    if (this.stopping) this.tellQuiet()
    if (this.busy.size === 0 && this.queue.size === 0 && this.lingering.size === 0) {
      clearInterval(this.ticker)
      this.ticker = undefined
    }
  }

  private sweep (): void {
    this.fleet.sweep(performance.now())
    this.replenish()
  }

  private * idle (): Generator<SandboxProcess> {
    for (const version of this.versions.values()) yield * version.idle
  }

  private get quiet (): boolean { return this.busy.size === 0 && this.queue.size === 0 && this.lingering.size === 0 }

  private tellQuiet (): void {
    if (this.quiet) this.onQuiet?.()
  }

  private async startError (): Promise<MoonletError> {
    return new MoonletError('SANDBOX_START_FAILED', `The sandbox process does not start: ${await this.launcher.explain()}`)
  }

  private async tellStartFailed (): Promise<void> {
    const error = await this.startError()
    if (this.fleet.failures >= START_FAILURES) for (const run of this.queue.clear()) run.refuse(error)
  }
}
