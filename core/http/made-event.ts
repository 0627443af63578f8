/** Events that no request brought: those that plugins make, and functions that call others. */
import { canonicalHeaderName, withoutServersOwnHeaders } from './header-names.js'
import type { InvocationEvent } from '../contracts/invocation.js'

type Values = Readonly<Record<string, string | readonly string[]>>

/** All texts are binary strings. A list has several values of a name. */
export interface MadeRequest {
  readonly method: string
  /** The path behind `/fn/{id}`, decoded. */
  readonly path: string
  readonly headers: Values
  readonly query: Values
  readonly body: Uint8Array
}

/** What only the server may say in headers is left out. */
export function madeEvent(functionId: string, request: MadeRequest): InvocationEvent {
  const { path, body } = request
  const relativePath = path.startsWith('/') ? path : `/${path}`
  const headers = split(request.headers, canonicalHeaderName)
  const query = split(request.query)
  const more = {
    ...(headers.more.length === 0 ? {} : { moreHeaders: headers.more }),
    ...(query.more.length === 0 ? {} : { moreQuery: query.more })
  }
  return {
    method: request.method.toUpperCase(),
    path: `/fn/${functionId}${relativePath === '/' ? '' : relativePath}`,
    relativePath,
    headers: withoutServersOwnHeaders(headers.first),
    query: query.first,
    body,
    ...(Object.keys(more).length === 0 ? {} : { details: more })
  }
}

/** The first value of each name; and of the others names and values in turn. */
function split(values: Values, toName = (name: string): string => name) {
  const first: Record<string, string> = Object.create(null)
  const more: string[] = []
  for (const [given, value] of Object.entries(values)) {
    const name = toName(given)
    for (const text of typeof value === 'string' ? [value] : value) {
      if (first[name] === undefined) first[name] = text
      else more.push(name, text)
    }
  }
  return { first, more }
}
