/** What only one function can have: a slug, and the patterns of routes. */
import { MoonletError } from '../../../core/base/errors.js'
import type { Route } from '../../../core/contracts/front-door.js'
import { checkRouteConflict } from '../../../core/validation/front-door/route-conflict.js'
import { parseFrontDoor, type FunctionRow } from './function-rows.js'

/** `owner` is who has the slug. Throws CONFLICT when that is another function than this one. */
export function checkSlug(
  owner: Pick<FunctionRow, 'id' | 'name'> | undefined,
  slug: string,
  id: string
): void {
  if (owner === undefined || owner.id === id) return
  throw new MoonletError(
    'CONFLICT',
    `slug: "${slug}" is the slug of the function ${JSON.stringify(owner.name)} (${owner.id})`
  )
}

/** Throws CONFLICT when another function than this one has one of the patterns. */
export function checkRoutes(
  addressed: ReadonlyArray<Pick<FunctionRow, 'id' | 'name' | 'frontDoor'>>,
  routes: readonly Route[],
  id: string
): void {
  checkRouteConflict(
    routes,
    addressed.flatMap(row => {
      const own = parseFrontDoor(row.frontDoor)?.routes
      return own === undefined || row.id === id ? [] : [{ id: row.id, name: row.name, routes: own }]
    })
  )
}
