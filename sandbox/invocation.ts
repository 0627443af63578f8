/**
 * One job on its way through the scheduler and a process: what host functions know of it, what it used, how it
 * ended.
 */
import { toText } from '../core/base/binary.js'
import { followCall } from '../core/http/call-chain.js'
import type { Answer, AnswerHead } from '../core/contracts/invocation.js'
import type { JobWish } from '../core/contracts/job-ends.js'
import type { Fault, LogLevel } from '../core/contracts/records.js'
import type { HostCall } from '../core/lua/module.js'
import { CallingRun } from './calling-run.js'
import { budgets } from './rpc/budgets.js'
import type { BodySink, Job, JobResult } from './job.js'
import type { Usage } from './protocol/frames.js'

/** Syntax checks share processes and a place in the queue, as if they were a function of their own. */
const CHECKS = '(check)'

export class Invocation implements HostCall {
  readonly executionId: string
  /** Invocations of one key have the same code and share processes. */
  readonly bindingKey: string
  readonly functionId: string
  readonly functionName: string
  readonly versionId: string
  readonly trigger: string
  /** Since when it has waited; of `performance.now()`, as is `startedAt`. */
  readonly queuedAt: number
  startedAt = 0
  /** It waits in the queue. */
  isQueued = false
  /** A place in the queue was kept for it until it was made. */
  readonly hasReservation: boolean
  /** Runs in another process instead: nothing that its first process does for it has an effect. */
  isRevoked = false
  /** It waits in a host function for another run: until that has ended, its process can do nothing. */
  waitsForRun = false
  /** Its answer has begun and is written piece by piece: that may last. */
  isStreaming = false
  /** What it said about another attempt of its job. */
  private wish: JobWish | undefined
  /** What it cost, once it has ended: CPU time, and time asleep or in host functions. */
  usage: Usage = [0, 0]
  calls = 0
  /** Of those calls, the ones it waited for. */
  awaitedCalls = 0
  private calledAt: number | undefined
  private hostMs = 0
  private begun = false
  private stopWatching: (() => void) | undefined
  private stopFollowing: (() => void) | undefined
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
    private readonly onReject: (error: Error) => void
  ) {
    const reservation = job.caller?.reservation
    this.executionId = job.executionId
    this.queuedAt = performance.now() - (reservation?.waitedMs ?? 0)
    this.hasReservation = reservation !== undefined && reservation.release()
    if (job.kind === 'invoke') {
      this.bindingKey = job.bindingKey
      this.functionId = job.fn.id
      this.functionName = job.fn.name
      this.versionId = job.version.id
      this.trigger = job.trigger
    } else {
      this.bindingKey = this.functionId = CHECKS
      this.functionName = this.versionId = this.trigger = ''
    }
    this.callingRun?.beginWait()
  }

  /** The run that waits for this one; undefined: no run does, or by HTTP. */
  get callingRun(): CallingRun | undefined {
    const { caller } = this.job
    return caller instanceof CallingRun ? caller : undefined
  }

  asCaller(): CallingRun {
    return new CallingRun(this)
  }

  /** Stands in the place of one that was revoked from a process's pipe. */
  toTombstone(): Invocation {
    const tombstone = new Invocation(
      this.job,
      () => {},
      () => {}
    )
    tombstone.isRevoked = tombstone.begun = tombstone.ended = true
    return tombstone
  }

  /** How long it takes is up to others: runs that it waits for, or whoever takes its answer. */
  get mayLast(): boolean {
    return this.waitsForRun || this.isStreaming
  }

  /** What goes beyond the budget shows with the next call. */
  count(calls: number): void {
    this.calls += calls
  }

  /** Nobody waits for its outcome any more. */
  get isAbandoned(): boolean {
    return this.job.caller?.isGone === true
  }

  /** Calls `onGone` when its caller hangs up before it is assigned or rejected. */
  watchCaller(onGone: () => void): void {
    this.stopWatching ??= this.job.caller?.onGone(onGone)
  }

  private unwatchCaller(): void {
    if (this.stopWatching === undefined) return
    this.stopWatching()
    this.stopWatching = undefined
  }

  /** It gets no process. */
  reject(error: Error): void {
    this.isQueued = false
    this.unwatchCaller()
    this.callingRun?.endWait()
    this.onReject(error)
  }

  /** A process has it now, perhaps not the first one. */
  noteAssigned(): void {
    this.isQueued = false
    this.unwatchCaller()
    if (this.begun || this.job.kind !== 'invoke') return
    this.begun = true
    this.job.onStart()
  }

  /** A process had it: its execution has a record. */
  get hasBegun(): boolean {
    return this.begun
  }

  openStream(head: AnswerHead): BodySink {
    const { job, startedAt } = this
    if (job.kind !== 'invoke') throw new TypeError('a check has no answer')
    this.isStreaming = true
    return job.onStream(head, startedAt)
  }

  /** Made when a host function first asks for it; most never do. */
  get signal(): AbortSignal {
    this.controller ??= this.createController()
    if (this.ended) this.controller.abort()
    return this.controller.signal
  }

  /** What it asks of others also ends when the execution that called it waits no longer. */
  private createController(): AbortController {
    const controller = new AbortController()
    const { caller } = this.job
    followCall(controller.signal, caller?.chain)
    if (caller?.chain === undefined) return controller
    const { signal } = caller
    const abort = (): void => {
      controller.abort()
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    this.stopFollowing = () => {
      signal.removeEventListener('abort', abort)
    }
    return controller
  }

  readonly log = (level: LogLevel, message: string): void => {
    if (this.job.kind !== 'invoke' || this.ended) return
    const full =
      this.logEntries >= budgets.logEntries || this.logBytes + message.length > budgets.logBytes
    if (full && this.logEntries > budgets.logEntries) return
    if (full) {
      this.logEntries = budgets.logEntries + 1
      this.job.onLog(
        'warn',
        `log limit reached: one execution may log ${budgets.logEntries} entries ` +
          `and ${budgets.logBytes} bytes; the rest is dropped`
      )
      return
    }
    this.logEntries++
    this.logBytes += message.length
    this.job.onLog(level, message)
  }

  print(line: string): void {
    if (this.job.kind !== 'invoke' || this.printLines > budgets.printLines) return
    this.printBytes += line.length
    if (++this.printLines > budgets.printLines || this.printBytes > budgets.printBytes) {
      this.printLines = budgets.printLines + 1
      this.job.onPrint(
        `print limit reached: one execution may print ${budgets.printLines} lines ` +
          `and ${budgets.printBytes} bytes; the rest is dropped`
      )
    } else this.job.onPrint(toText(line))
  }

  /** It called a host function, and gets nothing done before `endCall`. */
  beginCall(): void {
    this.awaitedCalls++
  }

  /**
   * The call is not answered at once. Only this time is waiting: what the server does for a call by itself is work, of
   * which more processes would not make less. Timed here and not in the child, whose wait includes the time until the
   * server looked at its call: that says something about the server, not about the function.
   */
  beginWait(): void {
    this.calledAt = performance.now()
  }

  endCall(): void {
    if (this.calledAt === undefined) return
    this.hostMs += performance.now() - this.calledAt
    this.calledAt = undefined
  }

  /** A host function has its call, and has not answered yet. */
  get awaitsCall(): boolean {
    return this.calledAt !== undefined
  }

  /** The last one counts; of an invocation that is no attempt of a job none does. */
  noteWish(wish: JobWish): void {
    if (this.job.kind === 'invoke' && this.job.attempt !== undefined) this.wish = wish
  }

  noteUsage([cpuMs, asleepMs]: Usage): void {
    this.usage = [cpuMs, asleepMs + this.hostMs]
  }

  /** A one-way call that must settle before the outcome is told. */
  beginSend(): void {
    this.pendingSends++
  }

  endSend(fault: Fault | undefined): void {
    this.pendingSends--
    this.failSend(fault)
    if (this.pendingSends === 0 && this.result !== undefined) this.tell(this.result)
  }

  /** The first failure of a one-way call is the fault of the execution, unless that has one of its own. */
  failSend(fault: Fault | undefined): void {
    this.sendFault ??= fault
  }

  /**
   * The sandbox is done with it: with an answer, a fault, or (checks) neither. That is told once its one-way calls
   * have settled.
   */
  end(answer: Answer | undefined, fault: Fault | undefined): void {
    if (this.result !== undefined) return
    this.result = this.createResult(answer, fault)
    if (this.pendingSends === 0) this.tell(this.result)
  }

  /** Ends it by the server's decision; one-way calls that have not settled are abandoned. */
  stop(fault: Fault): void {
    this.result = this.createResult(undefined, fault)
    this.tell(this.result)
  }

  /** False while its one-way calls are open. */
  get isSettled(): boolean {
    return this.ended
  }

  private createResult(answer: Answer | undefined, fault: Fault | undefined): JobResult {
    const durationMs = this.startedAt === 0 ? 0 : performance.now() - this.startedAt
    return { answer, fault, durationMs }
  }

  private tell(result: JobResult): void {
    if (this.ended) return
    this.ended = true
    this.callingRun?.endWait()
    this.stopFollowing?.()
    this.controller?.abort()
    const { wish } = this
    const fault = result.fault ?? this.sendFault
    const told =
      fault === result.fault ? result : { answer: undefined, fault, durationMs: result.durationMs }
    this.settle(wish === undefined ? told : { ...told, wish })
  }
}
