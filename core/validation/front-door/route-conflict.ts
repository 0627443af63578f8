/** Patterns that two functions cannot both have. */
import { MoonletError } from '../../base/errors.js'
import type { Route } from '../../contracts/front-door.js'
import { findRouteProblem } from './route-problem.js'
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

/**
 * Of a pattern that two functions have all the same, as after a restore from elsewhere, the first one's counts. Routes
 * that cannot be served are told to `onRefused`; the others go on.
 */
export function toRouteTable(
  functions: Iterable<RoutedFunction>,
  onRefused: (fn: RoutedFunction, route: Route, problem: string) => void = () => {}
): RouteTable {
  const table = new RouteTable()
  for (const fn of functions) {
    for (const route of fn.routes) {
      const problem = findRouteProblem(route) ?? addRoute(table, fn, route)
      if (problem !== undefined) onRefused(fn, route, problem)
    }
  }
  return table
}

/** Gives why the router does not take it; undefined: it does. */
function addRoute(table: RouteTable, fn: RoutedFunction, route: Route): string | undefined {
  try {
    table.add(fn, route)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
