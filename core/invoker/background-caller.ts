/** Who waits for a run in the background: nobody, so nobody hangs up. */
import type { AdmittedCaller } from '../contracts/front-door.js'
import type { Caller } from '../contracts/invocation.js'

export class BackgroundCaller implements Caller {
  private controller: AbortController | undefined

  constructor(
    /** False: another server may run it now, and here it is to end. */
    private readonly isHeld: () => boolean = () => true,
    /** Whose call it was once. */
    readonly identity?: AdmittedCaller
  ) {}

  get isGone(): boolean {
    return this.isRevoked
  }

  get isRevoked(): boolean {
    return !this.isHeld()
  }

  onGone(): () => void {
    return () => {}
  }

  /** Never aborted. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController()
    return this.controller.signal
  }
}
