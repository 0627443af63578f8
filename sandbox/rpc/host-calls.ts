/**
 * The calls of one process to host functions: at most one waits for its reply, one-way ones are started in
 * the order they came. Every call settles: with its function, or with the end of its invocation, whichever is first;
 * what comes later is dropped.
 */
import type { Fault } from '../../core/contracts/records.js'
import { LuaFailure, LuaMisuse } from '../../core/lua/errors.js'
import { fromUnicode } from '../../core/lua/types/wire-text.js'
import { WrongResult } from '../../core/lua/types/wrong-result.js'
import { isThenable } from '../../core/base/thenable.js'
import { budgets } from './budgets.js'
import { readArguments } from './frames-from-child.js'
import type { HostEntry } from './host-functions.js'
import { ProtocolFault, Reply, ToChild } from '../protocol/frames.js'
import type { Invocation } from '../invocation.js'

export interface HostCallsOptions {
  readonly entries: ReadonlyArray<HostEntry | undefined>
  /** False when the frame is too large to be sent. */
  readonly reply: (frame: readonly unknown[]) => boolean
  /** The child is to wait while too many one-way calls are open. */
  readonly hold: () => void
  readonly release: () => void
  readonly onInternalError: (name: string, error: unknown) => void
}

/** More was asked for than one execution may ask for. */
export class BudgetExceeded extends Error {}

export class HostCalls {
  /** Whose call waits for its reply. */
  private caller: Invocation | undefined
  private pending = 0
  private pendingBytes = 0
  private holding = false

  constructor(private readonly options: HostCallsOptions) {}

  get isWaiting(): boolean {
    return this.caller !== undefined
  }

  /** Forgets the waiting call: its execution has ended. */
  drop(): void {
    this.caller = undefined
  }

  /** A call frame. Throws a ProtocolFault, or BudgetExceeded. */
  call(invocation: Invocation, frame: readonly unknown[]): void {
    const entry = this.take(invocation, frame, false)
    if (this.caller !== undefined) {
      throw new ProtocolFault('a second call while one waits for its reply')
    }
    this.caller = invocation
    invocation.beginCall()
    let result: unknown
    try {
      result = entry.run(invocation, readArguments(frame[2]))
    } catch (error) {
      if (error instanceof ProtocolFault) throw error
      return this.fail(invocation, entry, error)
    }
    if (isThenable(result)) {
      invocation.beginWait()
      Promise.resolve(result).then(
        value => {
          this.succeed(invocation, entry, value)
        },
        (error: unknown) => {
          this.fail(invocation, entry, error)
        }
      )
    } else this.succeed(invocation, entry, result)
  }

  /** A one-way call frame of `size` bytes. Throws a ProtocolFault, or BudgetExceeded. */
  send(invocation: Invocation, frame: readonly unknown[], size: number): void {
    const entry = this.take(invocation, frame, true)
    let result: unknown
    try {
      result = entry.run(invocation, readArguments(frame[2]))
    } catch (error) {
      if (error instanceof ProtocolFault) throw error
      return invocation.failSend(this.toFault(entry, error))
    }
    if (isThenable(result)) this.follow(invocation, entry, result, size)
  }

  /** Throws BudgetExceeded. */
  count(invocation: Invocation): void {
    if (++invocation.calls <= budgets.calls) return
    throw new BudgetExceeded(
      `more than ${budgets.calls} calls of built-in functions in one execution`
    )
  }

  private take(invocation: Invocation, frame: readonly unknown[], oneWay: boolean): HostEntry {
    this.count(invocation)
    const entry = typeof frame[1] === 'number' ? this.options.entries[frame[1]] : undefined
    // What need not be waited for may be, but not the other way round.
    if (entry === undefined || (oneWay && !entry.oneWay)) {
      throw new ProtocolFault('a call of a function that does not exist')
    }
    entry.calls++
    return entry
  }

  private follow(
    invocation: Invocation,
    entry: HostEntry,
    result: PromiseLike<unknown>,
    size: number
  ): void {
    invocation.beginSend()
    this.pending++
    this.pendingBytes += size
    if (
      !this.holding &&
      (this.pending > budgets.pendingSends || this.pendingBytes > budgets.pendingSendBytes)
    ) {
      this.holding = true
      this.options.hold()
    }
    const settled = (fault: Fault | undefined): void => {
      this.pending--
      this.pendingBytes -= size
      if (
        this.holding &&
        this.pending <= budgets.pendingSends / 2 &&
        this.pendingBytes <= budgets.pendingSendBytes / 2
      ) {
        this.holding = false
        this.options.release()
      }
      invocation.endSend(fault)
    }
    Promise.resolve(result).then(
      () => {
        settled(undefined)
      },
      (error: unknown) => {
        settled(this.toFault(entry, error))
      }
    )
  }

  private succeed(invocation: Invocation, entry: HostEntry, value: unknown): void {
    if (this.caller !== invocation) return
    let wire: unknown
    try {
      wire = entry.toWire(value)
    } catch (error) {
      return this.fail(invocation, entry, error)
    }
    this.end(invocation)
    if (!this.options.reply([ToChild.reply, Reply.value, wire])) {
      this.options.reply([
        ToChild.reply,
        Reply.raise,
        `the result of '${entry.name}' is too large for the sandbox`
      ])
    }
  }

  private fail(invocation: Invocation, entry: HostEntry, error: unknown): void {
    if (this.caller !== invocation) return
    this.end(invocation)
    const status = error instanceof LuaFailure && entry.fails ? Reply.failure : Reply.raise
    this.options.reply([ToChild.reply, status, fromUnicode(this.describe(entry, error))])
  }

  private end(invocation: Invocation): void {
    this.caller = undefined
    invocation.endCall()
  }

  private toFault(entry: HostEntry, error: unknown): Fault {
    const words = this.describe(entry, error)
    return {
      kind: 'runtime',
      message: words.includes(entry.name) ? words : `${entry.name}: ${words}`
    }
  }

  /** What Lua may know of a failure; the rest is for the server's log. */
  private describe(entry: HostEntry, error: unknown): string {
    if (error instanceof LuaFailure || error instanceof LuaMisuse) return error.message
    this.options.onInternalError(entry.name, error)
    return error instanceof WrongResult ? error.message : `internal error in '${entry.name}'`
  }
}
