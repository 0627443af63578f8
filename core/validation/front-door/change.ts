/** A change of a function's front door. Each check throws VALIDATION with the API's text. */
import type { FrontDoor, FrontDoorChange, FunctionLimits } from '../../contracts/front-door.js'
import { readAccess } from './access.js'
import { readCors, readRoutes } from './addresses.js'
import { isEmptyObject } from './fields.js'
import { readRetry } from './retry.js'
import { limitBounds, readLimit, readRateLimit, type ServerLimits } from './limits.js'

/** The fields as the API takes them; null is as good as absent. */
export type FrontDoorFields = { readonly [Name in keyof FrontDoor]?: unknown }

export const frontDoorFields = [
  'access',
  'routes',
  'cors',
  'rate_limit',
  'retry',
  ...(Object.keys(limitBounds) as (keyof FunctionLimits)[])
] as const satisfies readonly (keyof FrontDoor)[]

/** Undefined: none of the fields is there. Cleared are lists by `[]`, numbers by `0` and `{}`, the others by `{}`. */
export function readFrontDoorChange(
  fields: FrontDoorFields,
  server?: ServerLimits
): FrontDoorChange | undefined {
  const given = frontDoorFields.filter(name => (fields[name] ?? null) !== null)
  if (given.length === 0) return undefined
  return Object.fromEntries(given.map(name => [name, readField(name, fields[name], server)]))
}

function readField(
  name: keyof FrontDoor,
  value: unknown,
  server: ServerLimits | undefined
): FrontDoor[keyof FrontDoor] | null {
  if (name === 'routes') {
    const routes = readRoutes(value)
    return routes.length === 0 ? null : routes
  }
  if (isEmptyObject(value)) return null
  if (name === 'access') return readAccess(value)
  if (name === 'cors') return readCors(value)
  if (name === 'rate_limit') return readRateLimit(value)
  if (name === 'retry') return readRetry(value)
  return value === 0 ? null : readLimit(name, value, server)
}

/** What a front door is after a change; undefined when nothing is left of it. */
export function applyFrontDoorChange(
  before: FrontDoor | undefined,
  change: FrontDoorChange
): FrontDoor | undefined {
  const merged = { ...before, ...change }
  // In one order, so that equal front doors are equal as texts.
  const left = frontDoorFields.flatMap(name => {
    const value = merged[name] ?? null
    return value === null ? [] : [[name, value] as const]
  })
  return left.length === 0 ? undefined : Object.fromEntries(left)
}
