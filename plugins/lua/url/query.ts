import { runContext } from '../run-context.js'
import { checkEntries } from '../native.js'
import { unescapeQuery } from '../../../core/base/percent-escapes.js'

/** Name → text, or a list of texts where a name is repeated. Pairs with a bad escape or a `;` are dropped. */
export function parseQuery(query: string): ReadonlyMap<string, string | string[]> {
  const found = new Map<string, string | string[]>()
  if (query.length > runContext.maxEntries) checkEntries(query.split('&').length, 'url.parse')
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const equals = pair.indexOf('=')
    const name = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals))
    const value = unescapeQuery(equals < 0 ? '' : pair.slice(equals + 1))
    if (name === undefined || value === undefined) continue
    const before = found.get(name)
    if (before === undefined) found.set(name, value)
    else if (typeof before === 'string') found.set(name, [before, value])
    else before.push(value)
  }
  return found
}
