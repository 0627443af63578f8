/** The addresses at which a function is called. */
import type { FunctionRoute, LuaFunction } from '../../api/types.js'

type Addressed = Pick<LuaFunction, 'id' | 'slug' | 'routes'>

/** A route that is an address as it stands: without parameters, and with at most a `*` at its end. */
const isAddress = ({ pattern }: FunctionRoute): boolean => /^[^:*()]*(?:\/\*)?$/.test(pattern)

/** What a reader would be told: a route before the slug, and that before the id. `origin`: where functions answer. */
export function toPublicAddress({ id, slug, routes = [] }: Addressed, origin: string): string {
  const route = routes.find(isAddress)
  if (route === undefined) return `${origin}/fn/${slug ?? id}`
  const path = route.pattern.replace(/\*$/, '')
  const url = new URL(origin)
  const isHere = route.host === undefined || route.host === url.hostname
  const base = isHere ? url.pathname.replace(/\/$/, '') : ''
  return `${url.protocol}//${route.host === undefined ? url.host : withPort(route.host, url)}${base}${path}`
}

const withPort = (host: string, { port }: URL): string => (port === '' ? host : `${host}:${port}`)
