/** Routes of a function as rows that are typed in, and back. */
import type { FunctionRoute, RouteProblem } from '../../api/types.js'

export interface RouteRow {
  key: number
  pattern: string
  /** As typed: `GET, POST`; empty for all. */
  methods: string
  host: string
}

export const MAX_ROUTES = 20
const known = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

let lastKey = 0

export const toRouteRow = ({ pattern, methods = [], host = '' }: FunctionRoute): RouteRow => ({
  key: ++lastKey,
  pattern,
  methods: methods.join(', '),
  host
})

const methodsOf = ({ methods }: RouteRow): string[] =>
  methods
    .toUpperCase()
    .split(/[\s,]+/)
    .filter(Boolean)

/** Rows in which nothing is typed are none. */
export const toRoutes = (rows: readonly RouteRow[]): FunctionRoute[] =>
  rows.flatMap(row => {
    const [pattern, host, methods] = [row.pattern.trim(), row.host.trim(), methodsOf(row)]
    if (pattern === '' && host === '' && methods.length === 0) return []
    return {
      pattern,
      ...(methods.length === 0 ? {} : { methods }),
      ...(host === '' ? {} : { host: host.toLowerCase() })
    }
  })

const isPattern = ({ pattern }: RouteRow): boolean => /^\/[^\s?#]*$/.test(pattern.trim())
const isHost = ({ host }: RouteRow): boolean =>
  /^(?:[a-z\d](?:[a-z\d.-]*[a-z\d])?)?$/i.test(host.trim())
const hasMethods = (row: RouteRow): boolean =>
  methodsOf(row).every(method => known.includes(method)) &&
  new Set(methodsOf(row)).size === methodsOf(row).length

const faults: ReadonlyArray<readonly [said: RegExp, isRight: (row: RouteRow) => boolean]> = [
  [/^routes: pattern must/, isPattern],
  [/^routes: host must/, isHost],
  [/^routes: methods /, hasMethods]
]

/** Why the route of this row is not served as it is stored; undefined when it is, or when it has been changed. */
export const findRouteProblem = (
  row: RouteRow,
  problems: readonly RouteProblem[]
): string | undefined =>
  problems.find(
    ({ pattern, host = '' }) =>
      pattern === row.pattern.trim() && host === row.host.trim().toLowerCase()
  )?.problem

/** The row that the server's words are about; undefined when they name none. */
export function findRouteRow(said: string, rows: readonly RouteRow[]): RouteRow | undefined {
  const fault = faults.find(([words]) => words.test(said))
  if (fault !== undefined) return rows.find(row => !fault[1](row))
  const [, quoted] = /^routes: pattern ("(?:[^"\\]|\\.)*") cannot/.exec(said) ?? []
  const [, plain, host] =
    /^routes: (\/\S*) (?:on (\S+) )?(?:is a route|would hide)/.exec(said) ?? []
  const pattern = quoted === undefined ? plain : (JSON.parse(quoted) as string)
  const named = rows.filter(row => row.pattern.trim() === pattern)
  // A pattern that is there twice is said of the second.
  if (quoted !== undefined) return named.at(-1)
  return named.find(row => row.host.trim().toLowerCase() === (host ?? '')) ?? named[0]
}
