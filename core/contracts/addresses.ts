/** Which function a request is for. */
import type { IncomingMessage } from 'node:http'
import type { MaybePromise } from '../base/maybe-promise.js'

export interface CalledAddress {
  readonly functionId: string
  /** How the request names the function in `/fn/{name}`: its id or its slug. */
  readonly name: string
}

export interface Addresses {
  /**
   * Undefined: the request is for something else than a function. The function need not exist. The result is kept with
   * the request (core/connections/called-address.ts).
   */
  resolve(request: IncomingMessage): MaybePromise<CalledAddress | undefined>
}
