/**
 * What is wrong with a route that is stored already: by an earlier version, which took patterns that any caller can
 * keep the server busy with, or by a restore from elsewhere. Such a route stays with its function and is not served.
 */
import { MoonletError } from '../../base/errors.js'
import type { Route } from '../../contracts/front-door.js'
import { readPattern } from './addresses.js'

/** Undefined: nothing. */
export function findRouteProblem({ pattern }: Route): string | undefined {
  try {
    readPattern(pattern)
    return undefined
  } catch (error) {
    if (error instanceof MoonletError && error.code === 'VALIDATION') {
      return error.message.replace(/^routes: /, '')
    }
    throw error
  }
}

export interface RouteProblem extends Pick<Route, 'pattern' | 'host'> {
  readonly problem: string
}

export function findRouteProblems(routes: readonly Route[]): RouteProblem[] {
  return routes.flatMap(route => {
    const problem = findRouteProblem(route)
    const { pattern, host } = route
    return problem === undefined ? [] : [{ pattern, ...(host && { host }), problem }]
  })
}
