/** What only one function can have: a slug, and the patterns of routes. */
import { MoonletError } from '../../../core/base/errors.js'
import type { Route } from '../../../core/contracts/front-door.js'
import { checkRouteConflict } from '../../../core/validation/front-door/route-conflict.js'
import { parseFrontDoor } from './function-rows.js'
import type { prepareFunctionReads } from './function-statements.js'

type Reads = ReturnType<typeof prepareFunctionReads>

/** Throws CONFLICT when another function than this one has the slug. */
export function checkSlug({ ofSlug }: Pick<Reads, 'ofSlug'>, slug: string, id: string): void {
  const owner = ofSlug.get(slug)
  if (owner === undefined || owner.id === id) return
  throw new MoonletError(
    'CONFLICT',
    `slug: "${slug}" is the slug of the function ${JSON.stringify(owner.name)} (${owner.id})`
  )
}

/** Throws CONFLICT when another function than this one has one of the patterns. */
export function checkRoutes(
  { addressed }: Pick<Reads, 'addressed'>,
  routes: readonly Route[],
  id: string
): void {
  checkRouteConflict(
    routes,
    addressed.all().flatMap(row => {
      const own = parseFrontDoor(row.frontDoor)?.routes
      return own === undefined || row.id === id ? [] : [{ id: row.id, name: row.name, routes: own }]
    })
  )
}
