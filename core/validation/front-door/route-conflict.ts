/** Patterns that two functions cannot both have. */
import { MoonletError } from '../../base/errors.js'
import type { Route } from '../../contracts/front-door.js'
import { RouteTable, type RoutedFunction } from './route-table.js'

/** Throws CONFLICT that names the other function. */
export function checkRouteConflict(
  routes: readonly Route[],
  others: readonly RoutedFunction[]
): void {
  const table = toRouteTable(others)
  for (const route of routes) {
    const owner = table.ownerOf(route)
    if (owner === undefined) continue
    const place = route.host === undefined ? '' : ` on ${route.host}`
    throw new MoonletError(
      'CONFLICT',
      `routes: ${route.pattern}${place} is a route of the function ${JSON.stringify(owner.name)} (${owner.id})`
    )
  }
}

/** Of a pattern that two functions have all the same, as after a restore from elsewhere, the first one's counts. */
export function toRouteTable(functions: Iterable<RoutedFunction>): RouteTable {
  const table = new RouteTable()
  for (const fn of functions) {
    for (const route of fn.routes) {
      try {
        table.add(fn, route)
      } catch {
        // The others go on.
      }
    }
  }
  return table
}
