/** What a sandbox process is and does at the moment, as the scheduler sees it. */
import type { Fault } from '../../core/contracts/records.js'
import type { Invocation } from '../invocation.js'
import { ProtocolFault } from '../protocol/frames.js'
import { stoppedFault } from './exit-error.js'

export abstract class ProcessState {
  readonly startedAt = performance.now()
  readonly invocations: Invocation[] = []
  /** What it is bound to; undefined while unbound. */
  bindingKey: string | undefined
  /** Whose invocations it gets; undefined while unbound. */
  functionId: string | undefined
  isReady = false
  /** V8's code of the child's program, where the hello asked for it. */
  codeCache: Buffer | undefined
  hasExited = false
  /** Invocations assigned to it so far. */
  assigned = 0
  /** Of those, the ones that have ended. */
  completed = 0
  /** It has given memory back, and has had no job since. */
  hasRested = false
  /** Memory of its own, in bytes; as last measured, or as is expected. */
  heldBytes = 0
  /** Of the version that it is bound to. */
  codeBytes = 0
  /** What it runs waits, as the scheduler noted last: asleep, or for a host function. */
  isWaiting = false
  /** Since when it compiles the code of its version ahead of its first job; of `performance.now()`. */
  protected preparingSince: number | undefined
  /** Until when it sleeps; of `performance.now()`. */
  protected asleepUntil = 0
  /** When it had compiled the code of its version, and how long that took; undefined until then. */
  loaded: { readonly at: number; readonly tookMs: number } | undefined
  /** Invocations after which it is replaced. */
  maxInvocations = Infinity
  /** Invocations after which another one is made ready for it, where its version is called often. */
  replaceAfter = Infinity
  idleSince = performance.now()
  /** Why it ended: a kind of fault, 'retired' or 'exit' (by itself); meaningful once it has exited. */
  exitReason = 'exit'

  /** Ends it at once; the invocation that is running gets `fault`. */
  abstract kill(fault: Fault): void

  /** When it was last seen to move a large frame, either way; of `performance.now()`. */
  protected abstract readonly movedAt: number

  /**
   * Milliseconds for which it has been at what it runs, since when no large frame was on its way: those take as long
   * as the server takes to send and to read them.
   */
  workedFor(now: number): number {
    const [head] = this.invocations
    return head === undefined ? 0 : now - Math.max(head.startedAt, this.movedAt)
  }

  /** Whether what it runs waits at the moment: it needs no core. */
  waits(now: number): boolean {
    return this.asleepUntil > now || this.invocations[0]?.awaitsCall === true
  }

  /** It has been assigned all invocations that it may run. */
  get isUsedUp(): boolean {
    return this.assigned >= this.maxInvocations
  }

  /** Revokes what waits behind the invocation that is running; tombstones take its places. */
  revokeQueued(): Invocation[] {
    const waiting = this.invocations.splice(1)
    for (const invocation of waiting) this.invocations.push(invocation.toTombstone())
    return waiting
  }

  /** Ends it once it has nothing to do; until then it gets nothing further. */
  retire(): void {
    this.maxInvocations = this.assigned
    if (this.invocations.length === 0) this.kill(stoppedFault)
  }

  /** It says that it sleeps. */
  protected noteSleep(ms: number): void {
    this.asleepUntil = performance.now() + ms
  }

  /** It says that the code of its version is compiled. */
  protected noteLoaded(): void {
    if (this.loaded !== undefined) throw new ProtocolFault('code that is compiled twice')
    const now = performance.now()
    const since = this.preparingSince ?? this.invocations[0]?.startedAt ?? now
    this.preparingSince = undefined
    this.loaded = { at: now, tookMs: now - since }
  }
}
