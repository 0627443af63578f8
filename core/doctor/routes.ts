/** Stored routes of functions that a server does not serve. */
import type { readRefusedRoutes } from '../../plugins/storage/offline-routes.js'
import { findings, type Finding } from './finding.js'

type RefusedRoute = ReturnType<typeof readRefusedRoutes>[number]

/** Nothing is found where all are served. */
export const toRouteFindings = (refused: readonly RefusedRoute[]): Finding[] =>
  refused.map(({ functionId, functionName, pattern, host, problem }) =>
    findings('routes').warning(
      `The route ${pattern}${host === undefined ? '' : ` on ${host}`} of the function ` +
        `${JSON.stringify(functionName)} (${functionId}) is not served: ${problem}.`,
      'Change or remove it on the page Access of the function, or by PUT /api/functions/{id} with its routes.'
    )
  )
