/** Whether a token does for a route. */
import type { FastifyContextConfig, FastifyRequest } from 'fastify'
import type { Actor } from '../../core/contracts/actor.js'
import type { RouteReach, RouteScope } from '../../core/contracts/route-access.js'
import { checkAllFunctions, checkFunction, hasScope } from '../../core/http/token-functions.js'
import { MoonletError } from '../../core/base/errors.js'

const OF_A_FUNCTION = /^\/api\/functions\/:id(?:\/|$)/

const scopeOf = ({ scope = 'admin' }: FastifyContextConfig): RouteScope => scope

const reachOf = ({ reach }: FastifyContextConfig, url: string | undefined): RouteReach =>
  reach ?? (OF_A_FUNCTION.test(url ?? '') ? 'function' : 'everything')

/** Throws FORBIDDEN, which names the scope that is missing or says that the token is for other functions. */
export function authorize(
  request: FastifyRequest,
  { functions }: Extract<Actor, { kind: 'token' }>
): void {
  const { config, url } = request.routeOptions
  const scope = scopeOf(config)
  if (scope !== 'any' && scope !== 'open' && !hasScope(request, scope)) {
    throw new MoonletError('FORBIDDEN', `This token lacks the scope ${scope}`)
  }
  if (functions === undefined) return
  const reach = reachOf(config, url)
  if (reach === 'everything') checkAllFunctions(request)
  if (reach === 'function') checkFunction(request, (request.params as { id: string }).id)
}
