/**
 * One sandbox process, from its start to its end.
 *
 * States: starting → blank → (idle ⇄ busy) → gone. It is bound to one key (a function version) by its first
 * job and never to another. Jobs run in the order they were given: `runs[0]` is going on, the others wait in
 * the child's pipe, and the server has seen no effect of them; so they may be given to another process. What
 * the child still does for such a run (a ghost) has no effect, since effects are made by the server alone. Any
 * end settles the run that was going on, and hands the waiting ones back. After `gone` no frame has an effect.
 */
import type { Duplex } from 'node:stream'
import type { Fault } from '../../core/contracts/records.js'
import { budgets } from '../rpc/budgets.js'
import { Channel } from '../rpc/channel.js'
import { encodeFrame } from '../protocol/codec.js'
import { encodeRun } from '../protocol/run-frame.js'
import { exitFault, naming, protocolFault, stoppedFault, timeoutFault } from './exit-error.js'
import { readAnswer, readBinary, readFault, readUsage } from '../rpc/frames-from-child.js'
import { toBindFrame, toCheckFrame, toRunFrame } from '../rpc/frames-to-child.js'
import { BudgetExceeded, HostCalls } from '../rpc/host-calls.js'
import type { HostEntry } from '../rpc/host-functions.js'
import { jobKey, jobOwner } from '../job.js'
import {
  FromChild,
  HEADER_BYTES,
  PROTOCOL_VERSION,
  ProtocolFault,
  Reply,
  ToChild
} from '../protocol/frames.js'
import type { Run } from '../invocation.js'
import { spawnSandbox } from './spawn.js'

/** A ghost that takes longer than its version's runs usually do is not worth waiting for. */
const GHOST_MS = 50

/** The same for all processes of a pool. */
export interface ProcessOptions {
  readonly command: readonly [command: string, args: readonly string[]]
  readonly entries: ReadonlyArray<HostEntry | undefined>
  /** V8's code of the child's program, to begin with; undefined: the child compiles it. */
  readonly code: Buffer | undefined
  /** The encoded hello frame. */
  readonly hello: Buffer
  readonly frameLimit: number
  readonly responseLimit: number
  readonly memoryMb: number
  /** Milliseconds. */
  readonly timeoutMs: number
  readonly baseUrl: () => string
  readonly onInternalError: (name: string, error: unknown) => void
}

export interface ProcessOwner {
  readonly onReady: (process: SandboxProcess) => void
  /** `run` has ended in it; `process.runs` tells what it does next. */
  readonly onRunEnd: (process: SandboxProcess, run: Run) => void
  /** `waiting` had not begun. `expected` is false when it ended by itself. */
  readonly onGone: (process: SandboxProcess, waiting: readonly Run[], expected: boolean) => void
}

export class SandboxProcess {
  readonly startedAt = performance.now()
  readonly runs: Run[] = []
  /** What it is bound to; undefined while blank. */
  key: string | undefined
  /** Whose jobs it gets; undefined while blank. */
  jobsOf: string | undefined
  ready = false
  /** V8's code of the child's program, where the hello asked for it. */
  code: Buffer | undefined
  gone = false
  /** Jobs given to it so far. */
  uses = 0
  /** Of those, the ones that have ended. */
  ended = 0
  /** It has given memory back, and has had no job since. */
  rested = false
  /** Jobs after which it is replaced. */
  usesMax = Infinity
  idleSince = performance.now()
  /** Why it ended: a kind of fault, 'retired' or 'exit' (by itself); of use once it is gone. */
  endedBy = 'exit'
  /** A slow run is going on, with ghosts behind it: it gets no further jobs for now. */
  get delayed(): boolean {
    return this.runs.length > 1 && this.runs[1]?.ghost === true
  }
  private readonly child: ReturnType<typeof spawnSandbox>
  private readonly channel: Channel
  private readonly calls: HostCalls
  private reports = 0
  private greetedWith: (ready: boolean) => void = () => {}
  /** Settles with true once it is ready, with false when it ended before. */
  readonly greeted = new Promise<boolean>(resolve => {
    this.greetedWith = resolve
  })

  constructor(
    private readonly options: ProcessOptions,
    private readonly owner: ProcessOwner
  ) {
    this.child = spawnSandbox(options.command)
    this.channel = new Channel(this.child.stdio[3] as unknown as Duplex, options.frameLimit, {
      onFrame: (frame, size) => {
        this.handle(frame, size)
      },
      onBreach: (reason, cause) => {
        if (cause !== undefined) options.onInternalError('sandbox channel', cause)
        this.finishAll(protocolFault(reason))
      },
      onEnd: () => {
        this.finishAll(undefined)
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
    if (options.code !== undefined) this.channel.sendEncoded(options.code)
    this.channel.sendEncoded(options.hello)
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  /** Settles when the process is no more. */
  get exited(): Promise<unknown> {
    return this.child
  }

  /** Gives it a job: it starts at once, or after those before it. */
  give(run: Run): void {
    const { job } = run
    const key = jobKey(job)
    if (this.key === undefined) {
      this.key = key
      this.jobsOf = jobOwner(job)
      if (job.kind === 'run') this.channel.send(toBindFrame(job, this.options.baseUrl()))
    }
    this.uses++
    this.rested = false
    run.given()
    if (this.runs.push(run) === 1) run.startedAt = performance.now()
    if (job.kind === 'run') this.channel.sendEncoded(encodeRun(toRunFrame(job)))
    else this.channel.send(toCheckFrame(job))
  }

  /** Makes it give memory back, which takes it some 25 ms. Only while it is idle or blank. */
  rest(): void {
    this.rested = true
    this.channel.send([ToChild.rest])
  }

  /** Takes back the jobs that wait behind the one going on; ghosts stay in their places. */
  takeBack(): Run[] {
    const waiting = this.runs.splice(1)
    for (const run of waiting) this.runs.push(run.toGhost())
    return waiting
  }

  /** Kills it when its run is over its deadline. `now` of `performance.now()`. */
  enforceDeadline(now: number): void {
    const [head] = this.runs
    if (head?.ghost === true && now - head.startedAt > GHOST_MS) return this.finishAll(stoppedFault)
    if (head !== undefined && now - head.startedAt >= this.options.timeoutMs) {
      this.finishAll(timeoutFault(this.options.timeoutMs / 1000))
    }
  }

  /** Ends it at once; the run that is going on gets `fault`. */
  kill(fault: Fault): void {
    this.finishAll(fault)
  }

  /** Ends a start that hangs; counts as a failed one. */
  giveUp(): void {
    this.finishAll(undefined)
  }

  private handle(frame: readonly unknown[], size: number): void {
    const [kind] = frame
    if (kind === FromChild.internal) return this.report(frame)
    if (!this.ready) return this.greet(frame)
    const [run] = this.runs
    if (run === undefined) throw new ProtocolFault('a frame while nothing runs')
    if (run.ghost) return this.handleGhost(run, frame)
    switch (kind) {
      case FromChild.call:
        return this.budgeted(() => {
          this.calls.call(run, frame)
        })
      case FromChild.send:
        return this.budgeted(() => {
          this.calls.send(run, frame, size)
        })
      case FromChild.print:
        return run.print(readBinary(frame[1], 'a printed line'))
      case FromChild.answer:
        return this.finish(run, frame, () => {
          run.end(readAnswer(frame, this.options.responseLimit), undefined)
        })
      case FromChild.fault:
        return this.finish(run, frame, () => {
          run.end(undefined, naming(readFault(frame, 2), this.options.memoryMb))
        })
      case FromChild.checked:
        return this.finish(run, frame, () => {
          run.end(undefined, Array.isArray(frame[2]) ? readFault(frame[2], 0) : undefined)
        })
      default:
        throw new ProtocolFault('a frame of an unknown kind')
    }
  }

  /** A ghost's calls fail at once, and all else it does is dropped. */
  private handleGhost(run: Run, frame: readonly unknown[]): void {
    switch (frame[0]) {
      case FromChild.call:
        this.reply([ToChild.reply, Reply.raise, 'this run goes on elsewhere'])
        break
      case FromChild.answer:
      case FromChild.fault:
      case FromChild.checked:
        this.finish(run, frame, () => {})
        break
      default:
    }
    if (++run.calls > budgets.ghostFrames) this.finishAll(stoppedFault)
  }

  /** False when the frame is larger than the child takes. */
  private reply(frame: readonly unknown[]): boolean {
    const bytes = encodeFrame(frame)
    if (bytes.length - HEADER_BYTES > this.options.frameLimit) return false
    this.channel.sendNow(bytes)
    return true
  }

  private greet([kind, version, code]: readonly unknown[]): void {
    if (kind !== FromChild.ready || version !== PROTOCOL_VERSION) {
      throw new ProtocolFault(
        `version ${String(version)} of the protocol (the server has ${PROTOCOL_VERSION})`
      )
    }
    this.ready = true
    if (code instanceof Uint8Array) this.code = Buffer.from(code)
    this.idleSince = performance.now()
    this.greetedWith(true)
    this.owner.onReady(this)
  }

  private report([, name, text]: readonly unknown[]): void {
    if (++this.reports > budgets.internalReports) {
      throw new ProtocolFault('too many reports of inner errors')
    }
    this.options.onInternalError(
      readBinary(name, 'a name').slice(0, 200),
      new Error(readBinary(text, 'a report').slice(0, 10_000))
    )
  }

  private budgeted(handle: () => void): void {
    try {
      handle()
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error
      this.finishAll({ kind: 'limit', message: error.message })
    }
  }

  /** The frame that ends `run`; the next one in the pipe begins with it. */
  private finish(run: Run, frame: readonly unknown[], end: () => void): void {
    if (frame[1] !== run.executionId) {
      throw new ProtocolFault('the end of a run that is not going on')
    }
    if ((frame[0] === FromChild.checked) !== (run.job.kind === 'check')) {
      throw new ProtocolFault('the end of a run of another kind')
    }
    if (this.calls.waits) throw new ProtocolFault('the end of a run whose call waits for its reply')
    end()
    run.noteUsage(readUsage(frame, performance.now() - run.startedAt))
    this.runs.shift()
    this.ended++
    this.idleSince = performance.now()
    const [next] = this.runs
    if (next !== undefined) next.startedAt = this.idleSince
    this.owner.onRunEnd(this, run)
  }

  /** The only way out. `fault` undefined: it ended by itself, and how it did tells which fault that is. */
  private finishAll(fault: Fault | undefined): void {
    if (this.gone) return
    this.gone = true
    this.endedBy = fault === undefined ? 'exit' : fault.kind === 'stopped' ? 'retired' : fault.kind
    this.calls.drop()
    this.child.kill('SIGKILL')
    this.channel.close()
    this.greetedWith(false)
    const [head, ...waiting] = this.runs
    this.runs.length = 0
    if (head !== undefined) {
      if (fault !== undefined) head.stop(fault)
      else {
        void this.child.then(({ exitCode, signal }) => {
          head.stop(exitFault(exitCode, signal, this.options.memoryMb))
        })
      }
    }
    this.owner.onGone(
      this,
      waiting.filter(run => !run.ghost),
      fault !== undefined
    )
  }
}
