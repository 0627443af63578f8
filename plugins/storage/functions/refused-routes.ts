/** Which of the stored routes a server does not serve. */
import type { RefusedRoute } from '../../../core/contracts/addresses.js'
import { findRouteProblems } from '../../../core/validation/front-door/route-problem.js'
import { parseFrontDoor, type FunctionRow } from './function-rows.js'

export const toRefusedRoutes = (
  rows: ReadonlyArray<Pick<FunctionRow, 'id' | 'name' | 'frontDoor'>>
): RefusedRoute[] =>
  rows.flatMap(({ id, name, frontDoor }) =>
    findRouteProblems(parseFrontDoor(frontDoor)?.routes ?? []).map(problem => ({
      functionId: id,
      functionName: name,
      ...problem
    }))
  )
