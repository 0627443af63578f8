/**
 * The addresses of all functions, in memory: a call is known to be for its function before anything else is done with
 * it. The storage says what changed; calls that arrive while a change is read wait for it.
 */
import type { IncomingMessage } from 'node:http'
import { placeOf, type Place } from '../../core/connections/base-path.js'
import { addressOf, keepAddress } from '../../core/connections/called-address.js'
import { functionOf, toOriginForm, withoutFragment } from '../../core/connections/request-target.js'
import type { MaybePromise } from '../../core/base/maybe-promise.js'
import type { Addresses, CalledAddress, RefusedRoute } from '../../core/contracts/addresses.js'
import type { Cors, Route } from '../../core/contracts/front-door.js'
import type { FunctionStore } from '../../core/contracts/functions.js'
import type { FunctionRecord } from '../../core/contracts/records.js'
import { toRouteTable } from '../../core/validation/front-door/route-conflict.js'
import { routeMethods } from '../../core/validation/front-door/route-table.js'
import type { OwnPages } from './own-pages.js'

export interface AddressBookOptions {
  readonly functions: () => Pick<FunctionStore, 'find' | 'listAddressed' | 'onChange'>
  readonly pages: OwnPages
  readonly hostOf: (request: IncomingMessage) => string
  /** Whether the request came to where functions answer. */
  readonly servesFunctions: (request: IncomingMessage) => boolean
  /** '' without one. */
  readonly basePath: string
  /** Also routes with a host are served there alone. */
  readonly isBoundToPort: boolean
  readonly onError: (error: unknown) => void
  /** A stored route is not served; told once while that is so. */
  readonly onRefusedRoute: (refused: RefusedRoute) => void
}

export class AddressBook implements Addresses {
  private readonly known = new Map<string, FunctionRecord>()
  private readonly idsOfSlugs = new Map<string, string>()
  private reading: Promise<void> | undefined
  private table = toRouteTable([])
  private isOpen = false
  /** Routes that are not served, as they were told. */
  private refused: ReadonlySet<string> = new Set()

  constructor(private readonly options: AddressBookOptions) {}

  async open(): Promise<void> {
    const functions = this.options.functions()
    functions.onChange(id => {
      this.readAgain(id)
    })
    for (const fn of await functions.listAddressed()) this.replace(fn.id, fn)
    this.isOpen = true
    this.rebuild()
    await this.reading
  }

  resolve(request: IncomingMessage): MaybePromise<CalledAddress | undefined> {
    return addressOf(request) ?? this.afterReading(() => keepAddress(request, this.find(request)))
  }

  private afterReading<T>(look: () => T): MaybePromise<T> {
    return this.reading === undefined ? look() : this.reading.then(look)
  }

  toId(name: string): MaybePromise<string> {
    return this.afterReading(() => this.idsOfSlugs.get(name) ?? name)
  }

  checkRoutes(routes: readonly Route[]): void {
    for (const route of routes) this.options.pages.check(route)
  }

  private find(request: IncomingMessage): CalledAddress | undefined {
    const place = this.options.basePath === '' ? undefined : placeOf(request)
    if (place !== undefined) return this.findPlaced(request, place)
    const { url = '/' } = request
    if (this.table.isEmpty) return this.findNamed(url)
    const target = withoutFragment(toOriginForm(url))
    const host = this.options.hostOf(request)
    const { pages } = this.options
    if (!pages.isOurs(host)) return this.findRoute(request, target, host) ?? this.findNamed(url)
    const named = this.findNamed(url)
    if (named !== undefined || pages.has(target)) return named
    return this.findRoute(request, target, host)
  }

  /** With BASE_PATH everything is below it, but for routes with a host of their own, which are there as they stand. */
  private findPlaced(
    request: IncomingMessage,
    { sent, basePath }: Place
  ): CalledAddress | undefined {
    const { hostOf, pages } = this.options
    const host = this.table.isEmpty ? '' : hostOf(request)
    const isStrange = this.table.hasHost(host) && !pages.isOurs(host)
    if (isStrange) {
      const found = this.findRoute(request, withoutFragment(toOriginForm(sent)), host, 'of host')
      if (found !== undefined) return found
    }
    if (basePath === undefined) return undefined
    const target = withoutFragment(request.url ?? '/')
    const found =
      this.findNamed(target) ??
      (this.table.isEmpty || pages.has(target)
        ? undefined
        : this.findRoute(request, target, host, isStrange ? 'of any host' : 'all'))
    return found && { ...found, basePath }
  }

  private findNamed(url: string): CalledAddress | undefined {
    const name = functionOf(url)
    if (name === undefined) return undefined
    const functionId = this.idsOfSlugs.get(name) ?? name
    return { functionId, name, cors: this.corsOf(functionId) }
  }

  /** Those of an internal function would say that it is there. */
  private corsOf(functionId: string): Cors | undefined {
    const door = this.known.get(functionId)?.frontDoor
    return door?.access?.mode === 'internal' ? undefined : door?.cors
  }

  /** On a host that routes name these come first, and then those that are for every host. */
  private findRoute(
    request: IncomingMessage,
    target: string,
    host: string,
    among: 'all' | 'of host' | 'of any host' = 'all'
  ): CalledAddress | undefined {
    const serves = this.options.servesFunctions(request)
    if (this.options.isBoundToPort && !serves) return undefined
    const isNamed = among !== 'of any host' && this.table.hasHost(host)
    const isServed = among !== 'of host' && serves
    for (const method of methodsOf(request)) {
      const found =
        (isNamed ? this.table.find(method, target, host) : undefined) ??
        (isServed && !this.options.pages.has(target) ? this.table.find(method, target) : undefined)
      if (found === undefined) continue
      const { functionId, params, rest } = found
      return {
        functionId,
        name: functionId,
        cors: this.corsOf(functionId),
        route: { target, params, rest }
      }
    }
    return undefined
  }

  /** One after the other, so that what is read last is the newest. */
  private readAgain(id: string): void {
    const reading = this.readAfter(this.reading, id).finally(() => {
      if (this.reading === reading) this.reading = undefined
    })
    this.reading = reading
  }

  private async readAfter(previous: Promise<void> | undefined, id: string): Promise<void> {
    await previous
    try {
      const found = await this.options.functions().find(id)
      this.replace(id, found?.fn)
    } catch (error) {
      this.options.onError(error)
    }
  }

  private replace(id: string, fn: FunctionRecord | undefined): void {
    const before = this.known.get(id)
    const routesChanged = routesText(before) !== routesText(fn)
    // Another function may have the slug by now.
    if (before?.slug !== undefined && this.idsOfSlugs.get(before.slug) === id) {
      this.idsOfSlugs.delete(before.slug)
    }
    if (fn === undefined || !hasAddress(fn)) {
      this.known.delete(id)
    } else {
      this.known.set(id, fn)
      if (fn.slug !== undefined) this.idsOfSlugs.set(fn.slug, id)
    }
    if (routesChanged && this.isOpen) this.rebuild()
  }

  private rebuild(): void {
    const refused = new Set<string>()
    this.table = toRouteTable(
      [...this.known.values()].map(({ id, name, frontDoor }) => ({
        id,
        name,
        // By HTTP an internal function is not there.
        routes: frontDoor?.access?.mode === 'internal' ? [] : (frontDoor?.routes ?? [])
      })),
      ({ id, name }, route, problem) => {
        const key = JSON.stringify([id, route, problem])
        refused.add(key)
        if (this.refused.has(key)) return
        this.options.onRefusedRoute({ functionId: id, functionName: name, ...route, problem })
      }
    )
    this.refused = refused
  }
}

/** What decides about a function's routes. */
const routesText = (fn: FunctionRecord | undefined): string =>
  JSON.stringify([fn?.frontDoor?.routes, fn?.frontDoor?.access?.mode === 'internal'])

/** A preflight belongs to the function of the request behind it; other OPTIONS requests to the owner of the path. */
function methodsOf({ method = 'GET', headers }: IncomingMessage): readonly string[] {
  if (method !== 'OPTIONS') return [method]
  const asked = headers['access-control-request-method']
  return asked === undefined ? ['OPTIONS', ...routeMethods] : [asked]
}

const hasAddress = ({ slug, frontDoor }: FunctionRecord): boolean =>
  slug !== undefined || frontDoor !== undefined
