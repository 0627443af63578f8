/** Path and query of a request as the handler sees them: percent-decoded bytes, as binary strings. */
import { BareRecord } from '../../../core/base/bare-record.js'
import { unescape, unescapeQuery } from '../../../core/base/percent-escapes.js'
import { withoutFragment } from '../../../core/connections/request-target.js'

export interface UrlParts {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Names and values in turn: every value behind the first of its name. */
  readonly moreQuery?: readonly string[] | undefined
}

const noQuery: Readonly<Record<string, string>> = Object.freeze(new BareRecord<string>())

/** Splits and decodes a request target. Undefined when the path has a broken escape. */
export function splitUrl(target: string): UrlParts | undefined {
  const clean = withoutFragment(target)
  const mark = clean.indexOf('?')
  const path = unescape(mark === -1 ? clean : clean.slice(0, mark))
  if (path === undefined) return undefined
  if (mark === -1) return { path, query: noQuery }
  const moreQuery: string[] = []
  const query = parseQuery(clean.slice(mark + 1), moreQuery)
  return moreQuery.length === 0 ? { path, query } : { path, query, moreQuery }
}

/**
 * Name to first value. `+` is a blank; a name without `=` gives ''; pairs with a broken escape or a `;` are
 * dropped. Names and values behind the first of their names go to `more`.
 */
export function parseQuery(text: string, more?: string[]): Record<string, string> {
  const query = new BareRecord<string>()
  for (const pair of text.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const equals = pair.indexOf('=')
    const name = unescapeQuery(equals === -1 ? pair : pair.slice(0, equals))
    const value = equals === -1 ? '' : unescapeQuery(pair.slice(equals + 1))
    if (name === undefined || value === undefined) continue
    if (query[name] === undefined) query[name] = value
    else more?.push(name, value)
  }
  return query
}
