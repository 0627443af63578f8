/**
 * A run that waits in a host function for another run: the other one's caller. What is called ends with it, and the
 * chain of calls goes on.
 */
import { continueChain } from '../core/http/call-chain.js'
import type { CallChain } from '../core/contracts/call-chain.js'
import type { AdmittedCaller } from '../core/contracts/front-door.js'
import type { Caller } from '../core/contracts/invocation.js'

/** What is needed of the invocation that calls. */
interface CallingInvocation {
  readonly functionName: string
  /** Aborted when it ends. */
  readonly signal: AbortSignal
  /** Its process can do nothing until the run that it called has ended. */
  waitsForRun: boolean
}

export class CallingRun implements Caller {
  readonly chain: CallChain | undefined
  readonly identity: AdmittedCaller

  /** Throws LOOP_DETECTED when the calls are too deep. */
  constructor(private readonly invocation: CallingInvocation) {
    this.chain = continueChain(invocation.signal)
    this.identity = { kind: 'function', name: invocation.functionName }
  }

  get signal(): AbortSignal {
    return this.invocation.signal
  }

  get isGone(): boolean {
    return this.signal.aborted
  }

  onGone(listener: () => void): () => void {
    this.signal.addEventListener('abort', listener, { once: true })
    return () => {
      this.signal.removeEventListener('abort', listener)
    }
  }

  /** The run that it called has become a job of the scheduler. */
  beginWait(): void {
    this.invocation.waitsForRun = true
  }

  endWait(): void {
    this.invocation.waitsForRun = false
  }
}
