/**
 * The scheduler of sandbox processes: what is asked of it is decided (decide.ts) on what it knows (state.ts) and
 * carried out (supervisor.ts); what has to wait, waits in its queue (queue.ts).
 *
 * Promises: a job is settled exactly once, whatever happens to processes; no function can keep the others out; a
 * job whose caller has hung up leaves the queue at once and is not started.
 */
import type { Config } from '../../config/schema.js'
import { deferToTickEnd } from '../../core/base/tick.js'
import type * as contract from '../../core/contracts/scheduler.js'
import { Invocation } from '../invocation.js'
import type { Job, JobResult } from '../job.js'
import { stoppedFault } from '../process/exit-error.js'
import { SANDBOX_START, type SandboxFactory } from '../process/sandbox-factory.js'
import { QueueAdmission } from './admission.js'
import {
  callerGone,
  queueTimeout,
  serverStopping,
  startFailed,
  stuckCall
} from './admission-errors.js'
import { findStuckCall } from './stuck-call.js'
import { decide, type RejectionReason } from './decide.js'
import { SchedulerState } from './state.js'
import { Supervisor } from './supervisor.js'
import { Ticker } from './ticker.js'

const SWEEP_MS = 1000
/** Starts that may fail one after the other before those who wait are told. */
const MAX_START_FAILURES = 3

export type SchedulerSettings = Pick<
  Config,
  | 'SANDBOX_MAX'
  | 'SANDBOX_BUSY_MAX'
  | 'SANDBOX_POOL_MEMORY'
  | 'SANDBOX_MAX_INVOCATIONS'
  | 'SANDBOX_IDLE_SECONDS'
  | 'QUEUE_LIMIT'
  | 'QUEUE_TIMEOUT'
> &
  Partial<Pick<Config, 'WORKERS'>>

export class Scheduler implements contract.Scheduler {
  readonly admission: QueueAdmission
  private readonly state: SchedulerState
  private started: Supervisor | undefined
  private sweeper: NodeJS.Timeout | undefined
  private isAdmitting = false
  /** The last unbound process was offered to a function before its turn. */
  private isFavoured = false
  private notifyDrained: (() => void) | undefined
  private readonly ticker = new Ticker(polledAt => {
    this.tick(polledAt)
  })

  constructor(private readonly settings: SchedulerSettings) {
    this.state = new SchedulerState(settings)
    this.admission = new QueueAdmission(this.state, settings.QUEUE_LIMIT)
  }

  /**
   * Starts the first process and waits until it is ready, so that the first job finds one. Rejects with
   * SANDBOX_START_FAILED, saying what the process complained of.
   */
  async start(factory: SandboxFactory): Promise<void> {
    const supervisor = new Supervisor(this.state, factory, this.settings, {
      onCapacity: () => {
        this.onCapacity()
      },
      onStartFailure: failures => {
        if (failures >= MAX_START_FAILURES && this.state.queue.size > 0) void this.rejectAll()
      },
      onRequeue: invocations => {
        this.requeue(invocations)
      },
      onActivity: () => {
        this.ticker.start()
      }
    })
    this.started = supervisor
    this.sweeper = setInterval(() => {
      supervisor.sweep()
    }, SWEEP_MS).unref()
    const first = supervisor.processes.start()
    if (!(await first.handshake)) {
      throw startFailed(`The sandbox process does not start: ${await factory.diagnoseStart()}`)
    }
    supervisor.replenish()
  }

  /**
   * Settles with what came of the job. Rejects with QUEUE_FULL, QUEUE_TIMEOUT, CALLER_GONE, SERVER_STOPPING or
   * SANDBOX_START_FAILED.
   */
  run(job: Job): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      this.submit(new Invocation(job, resolve, reject))
    })
  }

  counts() {
    return {
      busy: this.state.busy.size,
      idle: this.state.idleCount,
      unbound: this.state.unbound.length,
      starting: this.started?.processes.startingCount ?? 0,
      waiting: this.state.queue.size
    }
  }

  running(functionId: string): number {
    let count = 0
    for (const { invocations } of this.state.busy) {
      for (const { functionId: id, isRevoked } of invocations) {
        // What was taken back from a process waits elsewhere, and has only left its place there.
        if (id === functionId && !isRevoked) count++
      }
    }
    return count
  }

  exitCounts(): Readonly<Record<string, number>> {
    return this.started?.exitCounts() ?? {}
  }

  hostCalls(): Readonly<Record<string, number>> {
    return this.started?.factory.hostCalls() ?? {}
  }

  /** Process ids of all sandboxes. */
  get pids(): number[] {
    const processes = [...(this.started?.processes.all ?? [])]
    return processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
  }

  /**
   * Takes nothing new, rejects deferred calls, lets what runs and waits end within `graceMs`, then kills. Settles
   * when no process is left.
   */
  async stop(graceMs: number): Promise<void> {
    const { state } = this
    state.isStopping = true
    for (const call of state.queue.clearDeferred()) call.reject(serverStopping())
    if (!state.isDrained) await this.waitUntilDrained(graceMs)
    clearInterval(this.sweeper)
    this.ticker.stop()
    const left = [...state.queue.clearInvocations(), ...state.draining]
    for (const invocation of left) invocation.stop(stoppedFault)
    await this.started?.killAll()
  }

  private waitUntilDrained(graceMs: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, graceMs)
      this.notifyDrained = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** The supervisor; jobs come after the start. */
  private get supervisor(): Supervisor {
    if (this.started === undefined) throw new Error('a job comes before the scheduler is started')
    return this.started
  }

  private submit(invocation: Invocation): void {
    const decision = decide(this.state, invocation, performance.now())
    if (this.supervisor.assign(decision, invocation)) return
    if (decision.kind === 'reject') return invocation.reject(this.errorOf(decision.reason))
    this.enqueue(invocation)
    if (decision.kind === 'start') this.supervisor.replenish()
  }

  private enqueue(invocation: Invocation): void {
    const { queue } = this.state
    const { functionId } = invocation
    if (invocation.hasReservation) queue.pushReserved(functionId, invocation)
    else {
      const displaced = queue.push(functionId, invocation)
      displaced?.reject(this.admission.queueFull)
      if (displaced === invocation) return
    }
    this.watch(invocation)
    this.ticker.start()
  }

  /** While it waits, its place is for those who are still there. */
  private watch(invocation: Invocation): void {
    invocation.watchCaller(() => {
      if (!this.state.queue.remove(invocation.functionId, invocation)) return
      invocation.reject(callerGone)
      this.pump()
    })
  }

  private requeue(invocations: readonly Invocation[]): void {
    const [first] = invocations
    if (first === undefined) return
    const wanted = invocations.filter(invocation => !invocation.isAbandoned)
    this.state.queue.requeue(first.functionId, wanted)
    for (const invocation of wanted) this.watch(invocation)
    for (const invocation of invocations) {
      if (invocation.isAbandoned) invocation.reject(callerGone)
    }
  }

  private errorOf(reason: RejectionReason) {
    if (reason === 'QUEUE_FULL') return this.admission.queueFull
    return reason === 'CALLER_GONE' ? callerGone : serverStopping()
  }

  private onCapacity(): void {
    this.pump()
    if (this.state.isStopping) this.checkDrained()
  }

  /** Gives what waits to processes that can take it, and admits deferred calls in its place. */
  private pump(): void {
    const { queue } = this.state
    if (queue.size === 0) return
    const now = performance.now()
    const take = (invocation: Invocation): boolean => {
      const decision = decide(this.state, invocation, now)
      if (decision.kind !== 'reject') return this.supervisor.assign(decision, invocation)
      invocation.reject(this.errorOf(decision.reason))
      return true
    }
    this.favour(take, now)
    queue.drain(take)
    if (queue.deferredCount === 0 || this.isAdmitting) return
    this.isAdmitting = true
    deferToTickEnd(() => {
      this.isAdmitting = false
      queue.admitDeferred()
    })
  }

  /**
   * A function that is called all the time and has lost its process does not wait for one behind all others, but each
   * second time for the one whose turn it is.
   */
  private favour(take: (invocation: Invocation) => boolean, now: number): void {
    const { queue, unbound } = this.state
    const wanted = unbound.length === 0 ? undefined : this.state.mostWanted(now)
    if (wanted === undefined) return
    this.isFavoured = !this.isFavoured
    if (this.isFavoured) queue.offer(wanted.functionId, take)
  }

  private tick(polledAt: number): void {
    const { state, settings } = this
    const { queue } = state
    state.polledAt = polledAt
    this.supervisor.tick(polledAt)
    queue.expireReservations(polledAt)
    if (queue.size > 0) {
      const { QUEUE_TIMEOUT: seconds, SANDBOX_MAX: max } = settings
      for (const waiting of queue.expire(polledAt - seconds * 1000)) {
        waiting.reject(queueTimeout(seconds, max))
      }
    }
    this.pump()
    if (queue.size > 0) {
      this.supervisor.replenish()
      this.rejectStuckCall()
    }
    if (state.isStopping) this.checkDrained()
    if (state.isDrained) this.ticker.stop()
  }

  /** One at a time: with its error its caller goes on, and may make room for the others. */
  private rejectStuckCall(): void {
    const { queue } = this.state
    const stuck = findStuckCall(this.state)
    if (stuck === undefined || !queue.remove(stuck.functionId, stuck)) return
    stuck.reject(stuckCall(this.settings.SANDBOX_MAX))
  }

  private checkDrained(): void {
    if (this.state.isDrained) this.notifyDrained?.()
  }

  /** Callers learn that there is no sandbox; what the process complained of is for the log. */
  private async rejectAll(): Promise<void> {
    const { factory, processes } = this.supervisor
    const startupError = await factory.diagnoseStart()
    if (processes.failures < MAX_START_FAILURES) return
    factory.report(SANDBOX_START, new Error(startupError))
    const { queue } = this.state
    for (const waiting of [...queue.clearDeferred(), ...queue.clearInvocations()]) {
      waiting.reject(startFailed('No sandbox can be started now; the log of the server says why'))
    }
  }
}
