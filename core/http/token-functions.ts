/** What the caller's token is for, where a route's declaration alone does not say it. */
import type { FastifyRequest } from 'fastify'
import { MoonletError } from '../base/errors.js'
import '../contracts/server.js'
import type { TokenScope } from '../contracts/tokens.js'

type Request = Pick<FastifyRequest, 'actor'>

/** Ids of the only functions that the caller's token is for; undefined: all. */
export const functionsOf = ({ actor }: Request): readonly string[] | undefined =>
  actor?.kind === 'token' ? actor.functions : undefined

/** Throws FORBIDDEN when the caller's token is for other functions. */
export function checkFunction(request: Request, functionId: string): void {
  if (functionsOf(request)?.includes(functionId) === false) {
    throw new MoonletError('FORBIDDEN', 'This token is not for this function')
  }
}

/** Throws FORBIDDEN when the caller's token is for some functions only. */
export function checkAllFunctions(request: Request): void {
  if (functionsOf(request) === undefined) return
  throw new MoonletError(
    'FORBIDDEN',
    'This token is for some functions only; this concerns all of them'
  )
}

/** For lists of all functions or of one. Throws FORBIDDEN when the caller's token is not for what was asked. */
export function checkFunctionFilter(request: Request, functionId: string | undefined): void {
  if (functionId !== undefined) checkFunction(request, functionId)
  else if (functionsOf(request) !== undefined) {
    throw new MoonletError(
      'FORBIDDEN',
      'This token is for some functions only; name one of them as function_id'
    )
  }
}

/** Whether the caller may do what needs this scope; holders of the API key and of sessions may. */
export const hasScope = ({ actor }: Request, scope: TokenScope): boolean =>
  actor?.kind !== 'token' || actor.scopes.includes(scope) || actor.scopes.includes('admin')
