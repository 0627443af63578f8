/**
 * BASE_PATH: the server lives below a path of its own. The path is taken off each request before anything else looks
 * at it, so that everything behind knows targets only as they are without such a path.
 */
import type { IncomingMessage } from 'node:http'
import { toOriginForm } from './request-target.js'

/** Where a request came to. */
export interface Place {
  /** Its target as it was sent. */
  readonly sent: string
  /** The path that was taken off; undefined: the request is for something outside of it. */
  readonly basePath: string | undefined
}

const placeKey = Symbol('place')

interface PlacedRequest extends IncomingMessage {
  [placeKey]?: Place
}

/** Takes the path off the request's target. One that is for something else keeps its target. */
export function enterBasePath(request: PlacedRequest, basePath: string): void {
  const { url = '/' } = request
  const below = pathBelow(toOriginForm(url), basePath)
  request[placeKey] = { sent: url, basePath: below === undefined ? undefined : basePath }
  if (below !== undefined) request.url = below
}

/** Undefined without BASE_PATH, and where it does not hold, as on a FUNCTIONS_HOST. */
export const placeOf = (request: PlacedRequest): Place | undefined => request[placeKey]

/** `/moonlet` itself is its first page, as `/moonlet/` is. */
function pathBelow(target: string, basePath: string): string | undefined {
  if (!target.startsWith(basePath)) return undefined
  const rest = target.slice(basePath.length)
  if (rest.startsWith('/')) return rest
  return /^[?#]|^$/.test(rest) ? `/${rest}` : undefined
}
