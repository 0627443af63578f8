/** At which addresses a function is called, and what pages of other origins may do there. */
import type { Cors, Route } from '../../contracts/front-door.js'
import { refuse } from '../text.js'
import { checkParameters } from './route-parameters.js'
import { RouteTable, routeMethods } from './route-table.js'
import { isHeaderName, readFields, readTexts, readWhole } from './fields.js'

export const MAX_ROUTES = 20
const MAX_PATTERN_CHARS = 500
const MAX_LIST = 100

/** '' clears it. What has the form of an id could hide another function. */
export function checkSlug(slug: string): void {
  if (slug === '') return
  if (!/^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/.test(slug)) {
    refuse(
      'slug',
      'slug must be 1 to 63 of the characters a-z, 0-9 and -, and neither begin nor end with -'
    )
  }
  if (/^[\da-v]{20}$/.test(slug)) refuse('slug', 'slug cannot have the form of an id')
}

/** A list that may be empty, which clears it. */
export function readRoutes(value: unknown): Route[] {
  if (!Array.isArray(value) || value.length > MAX_ROUTES) {
    refuse('routes', `routes must be a list of at most ${MAX_ROUTES} objects; [] clears it`)
  }
  const routes = value.map(readRoute)
  checkTogether(routes)
  return routes
}

/** Whether the router takes them, and none is there twice. */
function checkTogether(routes: readonly Route[]): void {
  const table = new RouteTable()
  for (const route of routes) {
    try {
      table.add({ id: '', name: '', routes: [] }, route)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      refuse('routes', `pattern ${JSON.stringify(route.pattern)} cannot be used: ${why}`)
    }
  }
}

function readRoute(value: unknown): Route {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse('routes', 'routes must contain only objects with the fields pattern, methods, host')
  }
  const route = readFields('routes', value, ['pattern', 'methods', 'host'])
  return {
    pattern: readPattern(route.pattern),
    ...(route.methods === undefined ? {} : { methods: readMethods(route.methods) }),
    ...(route.host === undefined ? {} : { host: readHost(route.host) })
  }
}

/** Throws VALIDATION for what is no pattern, or one that is matched slowly. */
export function readPattern(pattern: unknown): string {
  const isPattern =
    typeof pattern === 'string' &&
    pattern.length <= MAX_PATTERN_CHARS &&
    /^\/[^\s?#\p{Cc}]*$/u.test(pattern)
  if (!isPattern) {
    return refuse(
      'routes',
      `pattern must be a path such as /shop/:item, of at most ${MAX_PATTERN_CHARS} characters`
    )
  }
  checkParameters(pattern)
  return pattern
}

const readMethods = (value: unknown): string[] =>
  readTexts('routes', 'methods', value, {
    max: routeMethods.length,
    isValid: method => routeMethods.some(known => known === method),
    what: `some of [${routeMethods.join(' ')}]`
  })

function readHost(host: unknown): string {
  const isHost =
    typeof host === 'string' && host.length <= 253 && /^[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(host)
  return isHost
    ? host.toLowerCase()
    : refuse('routes', 'host must be a host name such as shop.example.org, without a port')
}

export function readCors(value: unknown): Cors {
  if (value === 'function') return value
  if (typeof value === 'string') {
    refuse('cors', 'cors must be "function" or an object with the field origins; {} clears it')
  }
  const fields = readFields('cors', value, ['origins', 'headers', 'credentials', 'max_age'])
  const origins = readTexts('cors', 'origins', fields.origins, {
    max: MAX_LIST,
    isValid: origin => origin === '*' || isOrigin(origin),
    what: 'origins such as https://shop.example.org, or *'
  })
  const { headers, credentials, max_age: maxAge } = fields
  if (credentials !== undefined && typeof credentials !== 'boolean') {
    refuse('cors', 'credentials must be true or false')
  }
  if (credentials === true && origins.includes('*')) {
    refuse('cors', 'credentials need origins by name: browsers refuse them together with *')
  }
  return {
    origins,
    ...(headers === undefined ? {} : { headers: readHeaders(headers) }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(maxAge === undefined
      ? {}
      : { max_age: readWhole('cors', 'max_age', maxAge, { min: 0, max: 86_400 }) })
  }
}

const readHeaders = (value: unknown): string[] =>
  readTexts('cors', 'headers', value, {
    max: MAX_LIST,
    isValid: isHeaderName,
    what: 'names of headers'
  })

/** As browsers write it: scheme, host and, unless it is the scheme's own, port. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && url.origin === text
}
