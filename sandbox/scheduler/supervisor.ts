/**
 * Carries out what is decided: starts processes, assigns invocations to them, binds, recalls and retires them, ends
 * them at deadlines, and keeps the state true to what processes report.
 *
 * Promises: no process serves two versions; an invocation that ends by a fault of its process takes nobody with it,
 * since what waited behind it is queued again.
 */
import type { Config } from '../../config/schema.js'
import type { Invocation } from '../invocation.js'
import { findOvertime } from '../process/deadline.js'
import { stoppedFault } from '../process/exit-error.js'
import type { SandboxFactory } from '../process/sandbox-factory.js'
import type { SandboxProcess } from '../process/sandbox-process.js'
import { neededProcesses, type Decision } from './decide.js'
import { ProcessSet } from './process-set.js'
import { recallPipelined } from './recall.js'
import type { SchedulerState } from './state.js'
import { Succession } from './succession.js'

/**
 * How long after an unbound process was taken its replacement is started: a start stops the server for 5 ms, and the
 * invocation is answered first.
 */
const PREWARM_DELAY_MS = 20

export interface SupervisorListener {
  /** A process can take something. */
  readonly onCapacity: () => void
  /** So many starts in a row have failed. */
  readonly onStartFailure: (failures: number) => void
  /** These must be queued again. */
  readonly onRequeue: (invocations: readonly Invocation[]) => void
  /** Work has begun or ended. */
  readonly onActivity: () => void
}

export class Supervisor {
  readonly processes: ProcessSet
  private readonly exits = new Map<string, number>()
  private readonly succession: Succession
  private prewarmTimer: NodeJS.Timeout | undefined

  constructor(
    private readonly state: SchedulerState,
    readonly factory: SandboxFactory,
    settings: Pick<
      Config,
      'SANDBOX_MAX' | 'SANDBOX_POOL_MEMORY' | 'SANDBOX_MAX_INVOCATIONS' | 'SANDBOX_IDLE_SECONDS'
    >,
    private readonly listener: SupervisorListener
  ) {
    this.succession = new Succession(state, settings.SANDBOX_MAX_INVOCATIONS)
    this.processes = new ProcessSet(state, {
      factory,
      listener: {
        onReady: process => {
          this.onReady(process)
        },
        onPrepared: process => {
          this.succession.onPrepared(process)
        },
        onInvocationEnd: (process, invocation) => {
          this.onInvocationEnd(process, invocation)
        },
        onExit: (process, waiting, isExpected) => {
          this.onExit(process, waiting, isExpected)
        }
      },
      max: settings.SANDBOX_MAX,
      memory: settings.SANDBOX_POOL_MEMORY,
      idleMs: settings.SANDBOX_IDLE_SECONDS * 1000
    })
  }

  /** How many processes have ended, by reason. */
  exitCounts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.exits)
  }

  /** Gives the invocation to a process if that was decided. False: it was not. */
  assign(decision: Decision<SandboxProcess>, invocation: Invocation): boolean {
    switch (decision.kind) {
      case 'pipeline':
        break
      case 'assign':
        this.state.occupy(decision.process, invocation)
        break
      case 'bind':
        this.processes.takeUnbound(decision.process)
        this.state.occupy(decision.process, invocation)
        this.replenishLater()
        break
      default:
        return false
    }
    decision.process.assign(invocation)
    if (this.succession.noteAssigned(decision.process, invocation)) {
      setImmediate(() => {
        this.bindSuccessors()
        this.replenish()
      })
    }
    this.listener.onActivity()
    return true
  }

  /** Starts processes for what waits, as far as the shares of its functions go, and keeps unbound ones ready. */
  replenish(): void {
    const { queue, isStopping } = this.state
    if (isStopping && queue.size === 0) return
    const now = performance.now()
    let needed = 0
    let popularity = 0
    for (const [first, count] of queue.heads()) {
      const processes = neededProcesses(this.state, first, count, now)
      needed += processes
      if (processes === 0) continue
      popularity = Math.max(popularity, this.state.popularityOf(first.bindingKey, now) + count)
    }
    this.processes.replenish(Math.min(needed, this.state.free), popularity)
    this.processes.startSuccessors(this.succession.wanted(now))
  }

  /** Deadlines and recall, looked at for all together and coarsely instead of by a timer for each invocation. */
  tick(now: number): void {
    for (const process of this.state.busy) {
      process.watchTransfers(now)
      this.listener.onRequeue(recallPipelined(process, now))
      process.enforceDeadline(now)
    }
    for (const process of this.state.busy) this.state.noteWaiting(process, process.waits(now))
    const { timeoutMs } = this.factory
    for (const invocation of this.state.draining) {
      const overtime = invocation.isSettled
        ? undefined
        : findOvertime(invocation, now - invocation.startedAt, timeoutMs)
      if (overtime !== undefined) invocation.stop(overtime)
      if (invocation.isSettled) this.state.draining.delete(invocation)
    }
  }

  /** Retires what nobody needs. Called once a second. */
  sweep(): void {
    this.processes.sweep(performance.now())
    this.replenish()
  }

  /** Ends all processes. Settles when none is left. */
  async killAll(): Promise<void> {
    clearTimeout(this.prewarmTimer)
    const processes = [...this.processes.all]
    for (const process of processes) process.kill(stoppedFault)
    await Promise.all(processes.map(process => process.exited))
    await this.factory.stop()
  }

  private replenishLater(): void {
    this.prewarmTimer ??= setTimeout(() => {
      this.prewarmTimer = undefined
      this.replenish()
    }, PREWARM_DELAY_MS).unref()
  }

  /** Before invocations that wait: that is rare, and otherwise more of them would come to wait. */
  private bindSuccessors(): void {
    this.succession.bind(() => {
      const [unbound] = this.state.unbound
      if (unbound === undefined) return undefined
      this.processes.takeUnbound(unbound)
      this.replenishLater()
      return unbound
    })
  }

  private onReady(process: SandboxProcess): void {
    this.succession.limit(process)
    this.processes.onReady(process)
    this.bindSuccessors()
    this.listener.onCapacity()
  }

  private onInvocationEnd(process: SandboxProcess, invocation: Invocation): void {
    const version = this.state.noteEnd(process, invocation)
    if (process.invocations.length === 0) {
      if (process.isUsedUp) process.kill(stoppedFault)
      else version?.toIdle(process)
    }
    this.listener.onCapacity()
  }

  private onExit(
    process: SandboxProcess,
    waiting: readonly Invocation[],
    isExpected: boolean
  ): void {
    const { exitReason } = process
    this.exits.set(exitReason, (this.exits.get(exitReason) ?? 0) + 1)
    this.state.remove(process)
    this.succession.onExit(process)
    this.processes.onExit(process, isExpected)
    this.listener.onRequeue(waiting)
    if (this.processes.failures > 0) this.listener.onStartFailure(this.processes.failures)
    // Its place is free, but killing and starting are not done in this tick.
    setImmediate(() => {
      this.listener.onCapacity()
      this.replenish()
    })
  }
}
