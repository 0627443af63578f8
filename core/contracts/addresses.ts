/** Which function a request is for. */
import type { IncomingMessage } from 'node:http'
import type { MaybePromise } from '../base/maybe-promise.js'
import type { Cors, Route } from './front-door.js'

export interface CalledAddress {
  readonly functionId: string
  /** How the request names the function in `/fn/{name}`: its id or its slug. */
  readonly name: string
  /** Set: the request is for a route of the function, and `name` is its id. */
  readonly route?: CalledRoute | undefined
  /** BASE_PATH, where the function was called below it. */
  readonly basePath?: string | undefined
  /** What the function says of pages of other origins; undefined: nothing, as for one that is not there. */
  readonly cors?: Cors | undefined
}

export interface CalledRoute {
  /** Path and query as they were sent. */
  readonly target: string
  /** Percent-decoded binary strings. */
  readonly params: Readonly<Record<string, string>>
  /** What the pattern's `*` matched, with a slash in front. */
  readonly rest: string
}

/** A stored route that is not served. */
export interface RefusedRoute extends Route {
  readonly functionId: string
  readonly functionName: string
  readonly problem: string
}

export interface Addresses {
  /**
   * Undefined: the request is for something else than a function. The function need not exist. The result is kept with
   * the request (core/connections/called-address.ts).
   */
  resolve(request: IncomingMessage): MaybePromise<CalledAddress | undefined>
  /** The id of the function with this slug; where none has it, the name is an id, perhaps of no function. */
  toId(name: string): MaybePromise<string>
  /** Throws CONFLICT for a route that would hide the dashboard, the API, health or metrics. */
  checkRoutes(routes: readonly Route[]): void
}
