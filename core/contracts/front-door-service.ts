/** What is asked of the front door of functions; plugins/front-door does it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MoonletError } from '../base/errors.js'
import type { MaybePromise } from '../base/maybe-promise.js'
import type { AdmittedCaller, FrontDoor, RefusalReason } from './front-door.js'
import type { Outcome } from './invocation.js'
import type { RateLimitUse } from './shared-work.js'

/** A call that may go on. */
export interface Visit {
  readonly caller: AdmittedCaller
  /** Headers that its response has in any case. */
  readonly headers: Readonly<Record<string, string>>
  /** Bytes that its body may have; undefined: as many as the server takes. */
  readonly bodyLimit: number | undefined
  /** Whether a header is withheld from the function, since it carried one of its keys. `name` in lower case. */
  isHidden(name: string): boolean
  /**
   * Checks what is left once the body is there. 'repeat': a delivery whose run has succeeded, to be answered without
   * another run. Rejects with UNAUTHORIZED, RATE_LIMITED, TOO_MANY_CALLS, or CONFLICT while the same delivery runs.
   */
  enter(body: Uint8Array): Promise<'run' | 'repeat'>
  /** Its body turned out to be larger than `bodyLimit`. */
  noteLargeBody(): void
  /** After `enter`, once its run has ended: another call may take its place. `leave` does that too. */
  leavePlace(): void
  /** After `enter`, once the call is over; without an outcome it got no sandbox. */
  leave(outcome?: Pick<Outcome, 'answer'>): void
}

export type RefusalCounts = Readonly<Partial<Record<RefusalReason, number>>>

export interface FrontDoorService {
  /**
   * Checks what needs no body, once for each request: asked again, it returns the same. NOT_FOUND: to this caller the
   * function is as if it were not there. The error is to be answered, and has been counted.
   */
  open(
    request: IncomingMessage,
    response: ServerResponse,
    functionId: string,
    door: FrontDoor
  ): MaybePromise<Visit | MoonletError>
  /**
   * Enters an invocation that comes by no request among those that may run at once. Returns what gives its place back,
   * or TOO_MANY_CALLS, which has been counted.
   */
  takePlace(functionId: string, door: FrontDoor): MaybePromise<(() => void) | MoonletError>
  /** The same for what can wait, and is not refused: undefined when there is no place. */
  tryTakePlace(
    functionId: string,
    door: FrontDoor | undefined
  ): MaybePromise<(() => void) | undefined>
  /** What callers use of its `rate_limit`, on all servers; undefined: it sets none. */
  rateUse(functionId: string, door: FrontDoor): MaybePromise<RateLimitUse | undefined>
  /** Calls that this server has refused, since its start. */
  refused(functionId: string): RefusalCounts
  allRefused(): Iterable<readonly [functionId: string, counts: RefusalCounts]>
}
