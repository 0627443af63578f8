/** One job on its way through a process: what host functions know of it, what it used up, how it ended. */
import { toText } from '../core/base/binary.js'
import { followCall } from '../core/http/call-chain.js'
import type { Answer } from '../core/contracts/invocation.js'
import type { Fault, LogLevel } from '../core/contracts/records.js'
import type { HostCall } from '../core/lua/module.js'
import { budgets } from './rpc/budgets.js'
import type { Job, JobResult } from './job.js'
import type { Usage } from './protocol/frames.js'

export class Run implements HostCall {
  readonly executionId: string
  readonly functionId: string
  readonly functionName: string
  readonly versionId: string
  readonly trigger: string
  /** Since when the job has waited and, once it runs, when it began; of `performance.now()`. */
  readonly queuedAt: number
  startedAt = 0
  /** Given to another process instead: whatever this one does for it has no effect. */
  ghost = false
  /** What it cost, once it has ended: time on a core, and time asleep or in host functions. */
  usage: Usage = [0, 0]
  calls = 0
  /** Of those calls, the ones it waited for. */
  hostCalls = 0
  private calledAt = 0
  private hostMs = 0
  private announced = false
  private stopWatching: (() => void) | undefined
  private controller: AbortController | undefined
  private ended = false
  private pendingSends = 0
  private sendFault: Fault | undefined
  private result: JobResult | undefined
  private logEntries = 0
  private logBytes = 0
  private printLines = 0
  private printBytes = 0

  constructor(
    readonly job: Job,
    private readonly settle: (result: JobResult) => void,
    private readonly reject: (error: Error) => void
  ) {
    this.executionId = job.executionId
    this.queuedAt = performance.now() - (job.kind === 'run' ? (job.place?.waitedMs ?? 0) : 0)
    if (job.kind === 'run') {
      this.functionId = job.fn.id
      this.functionName = job.fn.name
      this.versionId = job.version.id
      this.trigger = job.trigger
    } else {
      this.functionId = this.functionName = this.versionId = this.trigger = ''
    }
  }

  /** Stands in the place of a run that was taken out of a process's pipe. */
  toGhost(): Run {
    const ghost = new Run(
      this.job,
      () => {},
      () => {}
    )
    ghost.ghost = ghost.announced = ghost.ended = true
    return ghost
  }

  /** Nobody waits for what comes of it any more. */
  get isAbandoned(): boolean {
    return this.job.caller?.isGone === true
  }

  /** It waits for a process: `leave` is called when its caller hangs up before it is given to one, or refused. */
  waits(leave: () => void): void {
    this.stopWatching ??= this.job.caller?.onGone(leave)
  }

  refuse(error: Error): void {
    this.waitsNoMore()
    this.reject(error)
  }

  private waitsNoMore(): void {
    this.stopWatching?.()
    this.stopWatching = undefined
  }

  /** A process has it now, perhaps not the first one. */
  given(): void {
    if (this.stopWatching !== undefined) this.waitsNoMore()
    if (this.announced || this.job.kind !== 'run') return
    this.announced = true
    this.job.onStart()
  }

  /** A process had it: its caller may see that in its effects. */
  get begun(): boolean {
    return this.announced
  }

  /** Made when a host function first asks for it; most never do. */
  get signal(): AbortSignal {
    this.controller ??= this.createController()
    if (this.ended) this.controller.abort()
    return this.controller.signal
  }

  /** What the run asks of others also ends when it was called by another run that waits no longer. */
  private createController(): AbortController {
    const controller = new AbortController()
    const calledBy = this.job.kind === 'run' ? this.job.calledBy : undefined
    followCall(controller.signal, calledBy)
    const end = (): void => {
      controller.abort()
    }
    if (calledBy?.gone.aborted === true) end()
    else calledBy?.gone.addEventListener('abort', end, { once: true })
    return controller
  }

  readonly log = (level: LogLevel, message: string): void => {
    if (this.job.kind !== 'run' || this.ended) return
    const full =
      this.logEntries >= budgets.logEntries || this.logBytes + message.length > budgets.logBytes
    if (full && this.logEntries > budgets.logEntries) return
    if (full) {
      this.logEntries = budgets.logEntries + 1
      this.job.onLog(
        'warn',
        `log limit reached: one execution may log ${budgets.logEntries} entries and ${budgets.logBytes} bytes; the rest is dropped`
      )
      return
    }
    this.logEntries++
    this.logBytes += message.length
    this.job.onLog(level, message)
  }

  print(line: string): void {
    if (this.job.kind !== 'run' || this.printLines > budgets.printLines) return
    this.printBytes += line.length
    if (++this.printLines > budgets.printLines || this.printBytes > budgets.printBytes) {
      this.printLines = budgets.printLines + 1
      this.job.onPrint(
        `print limit reached: one execution may print ${budgets.printLines} lines and ${budgets.printBytes} bytes; the rest is dropped`
      )
    } else this.job.onPrint(toText(line))
  }

  /**
   * A host function works for it, until `callEnds`. Timed here and not in the child, whose wait has in it how
   * long the server took to look at its call: that tells of the server, not of the function.
   */
  callBegins(): void {
    this.hostCalls++
    this.calledAt = performance.now()
  }

  callEnds(): void {
    this.hostMs += performance.now() - this.calledAt
  }

  noteUsage([busyMs, asleepMs]: Usage): void {
    this.usage = [busyMs, asleepMs + this.hostMs]
  }

  /** A one-way call whose end must be waited for before the run's end is told. */
  sendBegins(): void {
    this.pendingSends++
  }

  sendEnds(fault: Fault | undefined): void {
    this.pendingSends--
    this.sendFailed(fault)
    if (this.pendingSends === 0 && this.result !== undefined) this.tell(this.result)
  }

  /** The first failure of a one-way call is the run's, unless it has one of its own. */
  sendFailed(fault: Fault | undefined): void {
    this.sendFault ??= fault
  }

  /** The sandbox is done with it: with an answer, a fault, or (checks) neither. Told once its one-way calls are. */
  end(answer: Answer | undefined, fault: Fault | undefined): void {
    if (this.result !== undefined) return
    this.result = {
      answer,
      fault,
      durationMs: this.startedAt === 0 ? 0 : performance.now() - this.startedAt
    }
    if (this.pendingSends === 0) this.tell(this.result)
  }

  /** Ends it by the server's decision; one-way calls that have not settled are given up. */
  stop(fault: Fault): void {
    this.result = {
      answer: undefined,
      fault,
      durationMs: this.startedAt === 0 ? 0 : performance.now() - this.startedAt
    }
    this.tell(this.result)
  }

  /** False while its one-way calls are waited for. */
  get settled(): boolean {
    return this.ended
  }

  private tell(result: JobResult): void {
    if (this.ended) return
    this.ended = true
    this.controller?.abort()
    const fault = result.fault ?? this.sendFault
    this.settle(
      fault === result.fault ? result : { answer: undefined, fault, durationMs: result.durationMs }
    )
  }
}
