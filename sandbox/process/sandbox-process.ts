/**
 * One sandbox process, from its start to its end.
 *
 * States: starting → unbound → (idle ⇄ busy) → exited. It is bound to one key (a version of a function) by its
 * first job and never to another. Invocations run in the order they were assigned: `invocations[0]` is running, the
 * others wait in the child's pipe. The server has seen no effect of those that wait, so they may be revoked and run
 * by another process: whatever the child still does for a revoked one has no effect, since effects are made by the
 * server alone. Any end settles the invocation that was running, and hands back those that waited. After the exit
 * no frame has an effect.
 */
import type { Duplex } from 'node:stream'
import type { Fault } from '../../core/contracts/records.js'
import { Acknowledgement } from '../rpc/acknowledgement.js'
import { AnswerStream } from '../rpc/answer-stream.js'
import { budgets } from '../rpc/budgets.js'
import { Channel } from '../rpc/channel.js'
import { encodeFrame } from '../protocol/codec.js'
import { findOvertime } from './deadline.js'
import { exitFault, withLimitName, protocolFault, stoppedFault } from './exit-error.js'
import {
  checkEnd,
  readAnswer,
  readBinary,
  readFault,
  readReady,
  readSleep,
  readUsage,
  readWish
} from '../rpc/frames-from-child.js'
import { codeLength, toBindFrames, toCheckFrame, toRunFrame } from '../rpc/frames-to-child.js'
import { BudgetExceeded, HostCalls } from '../rpc/host-calls.js'
import { InternalReports } from '../rpc/internal-reports.js'
import { sendRun } from '../rpc/send-run.js'
import { TransferWatch } from '../rpc/transfer-watch.js'
import { FromChild, HEADER_BYTES, ProtocolFault, Reply, ToChild } from '../protocol/frames.js'
import type { Invocation } from '../invocation.js'
import type { BindJob } from '../job.js'
import type { ProcessOptions } from './process-options.js'
import { ProcessState } from './process-state.js'
import { spawnSandbox, type SpawnedProcess } from './spawn.js'

/** A revoked invocation that takes longer than this costs more than another process. */
const MAX_REVOKED_MS = 50
/** With more bytes on their way to it, it gets no further invocation behind those that it has. */
const MAX_UNSENT = 128 * 1024

export interface ProcessListener {
  readonly onReady: (process: SandboxProcess) => void
  /** It has the code of its version, which was not asked for by a job. */
  readonly onPrepared: (process: SandboxProcess) => void
  /** `invocation` has ended in it; `process.invocations` tells what it does next. */
  readonly onInvocationEnd: (process: SandboxProcess, invocation: Invocation) => void
  /** `waiting` had not begun. `isExpected` is false when it ended by itself. */
  readonly onExit: (
    process: SandboxProcess,
    waiting: readonly Invocation[],
    isExpected: boolean
  ) => void
}

export class SandboxProcess extends ProcessState {
  private readonly child: SpawnedProcess<Duplex | Promise<Duplex>>
  private readonly channel: Channel
  private readonly transfers = new TransferWatch(() => this.channel.socket)
  private readonly calls: HostCalls
  private readonly stream: AnswerStream
  private readonly acknowledgement: Acknowledgement
  private readonly reports: InternalReports
  private settleHandshake: (isReady: boolean) => void = () => {}
  /** Settles with true once it is ready, with false when it ended before. */
  readonly handshake = new Promise<boolean>(resolve => {
    this.settleHandshake = resolve
  })

  constructor(
    private readonly options: ProcessOptions,
    private readonly listener: ProcessListener
  ) {
    super()
    this.child = options.spawn?.() ?? spawnSandbox(options.command, options.priority)
    this.channel = new Channel(this.child.channel, options.frameLimit, {
      onFrame: (frame, size) => {
        this.handle(frame, size)
      },
      onBreach: (reason, cause) => {
        if (cause !== undefined) options.onInternalError('sandbox channel', cause)
        this.exit(protocolFault(reason))
      },
      onEnd: () => {
        this.exit(undefined)
      }
    })
    this.calls = new HostCalls({
      entries: options.entries,
      reply: frame => this.reply(frame),
      hold: () => {
        this.channel.hold()
      },
      release: () => {
        this.channel.release()
      },
      onInternalError: options.onInternalError
    })
    this.reports = new InternalReports(options.onInternalError)
    this.stream = new AnswerStream(options.responseLimit, frame => {
      this.reply(frame)
    })
    this.acknowledgement = new Acknowledgement(options.entries, isOn => {
      this.channel.sendNow(encodeFrame([ToChild.acknowledge, isOn]))
    })
    if (options.codeCache !== undefined) this.channel.sendEncoded(options.codeCache)
    this.channel.sendEncoded(options.hello)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Settles when the process has exited. */
  get exited(): Promise<unknown> {
    return this.child
  }

  /**
   * It gets nothing further for now: what it runs waits for others, or is slow, with revoked ones behind it; or much
   * of what it got is still on its way, and what came behind would only wait in the server's memory.
   */
  get isHeldUp(): boolean {
    const { invocations, channel } = this
    const waits = invocations[0]?.mayLast === true || invocations[1]?.isRevoked === true
    return waits || channel.unsent > MAX_UNSENT
  }

  protected get movedAt(): number {
    return this.transfers.lastAt
  }

  /** To be called at every look at its deadline, before it. */
  watchTransfers(now: number): void {
    this.transfers.look(now)
  }

  /** Assigns it an invocation, which starts at once, or after those before it. */
  assign(invocation: Invocation): void {
    const { job } = invocation
    if (this.bindingKey === undefined) {
      if (job.kind === 'invoke') this.bind(job)
      this.bindingKey = invocation.bindingKey
      this.functionId = invocation.functionId
    }
    this.assigned++
    this.hasRested = false
    invocation.noteAssigned()
    if (this.invocations.push(invocation) === 1) invocation.startedAt = performance.now()
    if (job.kind === 'invoke') {
      this.acknowledgement.update(job.fn.id)
      sendRun(this.channel, toRunFrame(job))
    } else this.channel.send(toCheckFrame(job))
  }

  private bind(job: BindJob): void {
    this.bindingKey = job.bindingKey
    this.functionId = job.fn.id
    this.codeBytes = codeLength(job)
    for (const frame of toBindFrames(job, this.options.baseUrl())) this.channel.send(frame)
  }

  /** Binds it ahead of its first job, and makes it compile the code; then `onPrepared` is called. */
  prepare(job: BindJob): void {
    this.bind(job)
    // However long it has been unbound: it is worth what a process is that was just used.
    this.idleSince = this.preparingSince = performance.now()
    this.hasRested = false
    this.channel.send([ToChild.prepare])
  }

  /** Makes it give memory back, which takes it some 25 ms. Only while it is idle or unbound. */
  rest(): void {
    this.hasRested = true
    this.channel.send([ToChild.rest])
  }

  /** Kills it when what it runs is over its deadline. `now` of `performance.now()`. */
  enforceDeadline(now: number): void {
    const [head] = this.invocations
    if (head === undefined) return
    if (head.isRevoked && this.workedFor(now) > MAX_REVOKED_MS) return this.exit(stoppedFault)
    const overtime = findOvertime(head, now - head.startedAt, this.options.timeoutMs)
    if (overtime !== undefined) this.exit(overtime)
  }

  kill(fault: Fault): void {
    this.exit(fault)
  }

  /** Ends a start that hangs; counts as a failed one. */
  abortStart(): void {
    this.exit(undefined)
  }

  private handle(frame: readonly unknown[], size: number): void {
    const [kind] = frame
    if (kind === FromChild.internal) return this.reports.take(frame)
    if (!this.isReady) return this.onHandshake(frame)
    if (kind === FromChild.loaded && this.preparingSince !== undefined) {
      this.noteLoaded()
      return this.listener.onPrepared(this)
    }
    const [invocation] = this.invocations
    if (invocation === undefined) throw new ProtocolFault('a frame while nothing runs')
    if (invocation.isRevoked) return this.handleRevoked(invocation, frame)
    switch (kind) {
      case FromChild.call:
        if (this.stream.isAwaited) throw new ProtocolFault('a call in the middle of a chunk')
        return this.budgeted(() => {
          this.calls.call(invocation, frame)
        })
      case FromChild.send:
        return this.budgeted(() => {
          this.calls.send(invocation, frame, size)
          this.acknowledgement.update(invocation.functionId)
        })
      case FromChild.wish:
        return this.budgeted(() => {
          this.calls.count(invocation)
          invocation.noteWish(readWish(frame))
        })
      case FromChild.asleep:
        return this.noteSleep(readSleep(frame))
      case FromChild.loaded:
        return this.noteLoaded()
      case FromChild.print:
        return invocation.print(readBinary(frame[1], 'a printed line'))
      case FromChild.head:
      case FromChild.chunk:
        return this.stream.take(invocation, frame, this.calls.isWaiting)
      case FromChild.end:
        return this.finish(invocation, frame, () => {
          invocation.end(this.stream.end(), undefined)
        })
      case FromChild.answer:
        return this.finish(invocation, frame, () => {
          this.stream.checkNone()
          invocation.end(readAnswer(frame, this.options.responseLimit), undefined)
        })
      case FromChild.fault:
        return this.finish(invocation, frame, () => {
          this.stream.drop()
          invocation.end(undefined, this.nameLimit(readFault(frame, 2), invocation))
        })
      case FromChild.checked:
        return this.finish(invocation, frame, () => {
          invocation.end(undefined, Array.isArray(frame[2]) ? readFault(frame[2], 0) : undefined)
        })
      default:
        throw new ProtocolFault('a frame of an unknown kind')
    }
  }

  private nameLimit(fault: Fault, { job }: Invocation): Fault {
    const own = job.kind === 'invoke' ? job.fn.frontDoor?.memory_mb : undefined
    return withLimitName(fault, this.options.memoryMb, own)
  }

  /** Calls of a revoked invocation fail at once, and all else that it does is dropped. */
  private handleRevoked(invocation: Invocation, frame: readonly unknown[]): void {
    switch (frame[0]) {
      case FromChild.call:
        this.reply([ToChild.reply, Reply.raise, 'this run goes on elsewhere'])
        break
      case FromChild.chunk:
        if (frame[2] === true) this.reply([ToChild.reply, Reply.failure, 'client closed'])
        break
      case FromChild.answer:
      case FromChild.end:
      case FromChild.fault:
      case FromChild.checked:
        this.finish(invocation, frame, () => {})
        break
      default:
    }
    if (++invocation.calls > budgets.revokedFrames) this.exit(stoppedFault)
  }

  /** False when the frame is larger than the child takes. */
  private reply(frame: readonly unknown[]): boolean {
    const bytes = encodeFrame(frame)
    if (bytes.length - HEADER_BYTES > this.options.frameLimit) return false
    this.channel.sendNow(bytes)
    return true
  }

  private onHandshake(frame: readonly unknown[]): void {
    this.codeCache = readReady(frame)
    this.isReady = true
    if (this.pid !== undefined) this.options.priority.restore(this.pid)
    this.idleSince = performance.now()
    this.settleHandshake(true)
    this.listener.onReady(this)
  }

  private budgeted(handle: () => void): void {
    try {
      handle()
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error
      this.exit({ kind: 'limit', message: error.message })
    }
  }

  /** The frame that ends the invocation; with it the next one in the pipe begins. */
  private finish(invocation: Invocation, frame: readonly unknown[], end: () => void): void {
    const { executionId, job } = invocation
    checkEnd(frame, executionId, job.kind)
    if (this.calls.isWaiting || this.stream.isAwaited) {
      throw new ProtocolFault('the end of a run whose call waits for its reply')
    }
    end()
    invocation.noteUsage(readUsage(frame, performance.now() - invocation.startedAt))
    this.invocations.shift()
    this.completed++
    this.asleepUntil = 0
    this.idleSince = performance.now()
    const [next] = this.invocations
    if (next !== undefined) next.startedAt = this.idleSince
    this.listener.onInvocationEnd(this, invocation)
  }

  /** The only way out. `fault` undefined: it ended by itself, and how it did tells which fault that is. */
  private exit(fault: Fault | undefined): void {
    if (this.hasExited) return
    this.hasExited = true
    this.exitReason =
      fault === undefined ? 'exit' : fault.kind === 'stopped' ? 'retired' : fault.kind
    this.calls.drop()
    this.stream.drop()
    this.child.kill('SIGKILL')
    this.channel.close()
    this.settleHandshake(false)
    const [head, ...waiting] = this.invocations
    this.invocations.length = 0
    if (head !== undefined) {
      if (fault !== undefined) head.stop(fault)
      else {
        void this.child.then(({ exitCode, signal }) => {
          head.stop(exitFault(exitCode, signal, this.options))
        })
      }
    }
    this.listener.onExit(
      this,
      waiting.filter(invocation => !invocation.isRevoked),
      fault !== undefined
    )
  }
}
