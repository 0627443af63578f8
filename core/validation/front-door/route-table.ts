/**
 * The routes of functions, matched by the router that Fastify uses. Each host has a router of its own: with
 * find-my-way's host constraint one pattern could have only 31 hosts, and a catch-all of one host would lose to any
 * other pattern.
 */
import findMyWay, { type HTTPMethod, type Instance, type HTTPVersion } from 'find-my-way'
import { fromText } from '../../base/binary.js'
import type { Route } from '../../contracts/front-door.js'

type Router = Instance<HTTPVersion.V1>

export const routeMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const
type Method = (typeof routeMethods)[number]

export interface RoutedFunction {
  readonly id: string
  readonly name: string
  readonly routes: readonly Route[]
}

export interface RouteMatch {
  readonly functionId: string
  /** Percent-decoded binary strings, without what `*` matched. */
  readonly params: Readonly<Record<string, string>>
  /** What `*` matched, with a slash in front. */
  readonly rest: string
}

const ANY_HOST = ''
/** As of Fastify's own routes; Node bounds the head of a request anyway. */
const MAX_PARAM_CHARS = 16_384
const noQuery = {}
const noHandler = (): void => undefined

export class RouteTable {
  private readonly byHost = new Map<string, Router>()

  /** Throws an Error that says what is wrong with the pattern, or that it is there already. */
  add(fn: RoutedFunction, route: Route): void {
    const router = this.routerOf(route.host ?? ANY_HOST)
    router.on(methodsOf(route) as HTTPMethod[], route.pattern, noHandler, fn)
  }

  /** Whose function has the pattern, for one of the methods and on the same host. */
  ownerOf(route: Route): RoutedFunction | undefined {
    const router = this.byHost.get(route.host ?? ANY_HOST)
    for (const method of router === undefined ? [] : methodsOf(route)) {
      const found = router?.findRoute(method, route.pattern)
      if (found) return found.store as RoutedFunction
    }
    return undefined
  }

  get isEmpty(): boolean {
    return this.byHost.size === 0
  }

  hasHost(host: string): boolean {
    return this.byHost.has(host)
  }

  /** `target` without a fragment. `host` left out: among the routes without one. */
  find(method: string, target: string, host = ANY_HOST): RouteMatch | undefined {
    const found = this.byHost.get(host)?.find(method as HTTPMethod, target)
    return found ? toMatch(found.store as RoutedFunction, found.params) : undefined
  }

  private routerOf(host: string): Router {
    const known = this.byHost.get(host)
    if (known !== undefined) return known
    const made = findMyWay({
      maxParamLength: MAX_PARAM_CHARS,
      querystringParser: () => noQuery
    })
    this.byHost.set(host, made)
    return made
  }
}

/** A route for GET also answers HEAD. */
function methodsOf({ methods = routeMethods }: Route): Method[] {
  return routeMethods.filter(
    method => methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
  )
}

function toMatch(
  { id }: RoutedFunction,
  found: Readonly<Record<string, string | undefined>>
): RouteMatch {
  const { '*': rest = '', ...params } = found
  return {
    functionId: id,
    params: Object.fromEntries(
      Object.entries(params).map(([name, value = '']) => [fromText(name), fromText(value)])
    ),
    rest: fromText(rest.startsWith('/') ? rest : `/${rest}`)
  }
}
