/**
 * Takes out of an event what opens this server: the session of the dashboard and the API key. Functions are other
 * people's code, and events are stored: neither may get hold of them. All other cookies and credentials pass.
 */
import type { InvocationEvent } from '../../core/contracts/invocation.js'
import { SESSION_COOKIE, withoutSessionCookie } from '../../core/http/session-cookie.js'

type Fields = Readonly<Record<string, string>>

/** What may stand before and after a key in a header: `Bearer KEY`, `token="KEY"`, `https://host/?key=KEY`. */
const separators = '\\s,;:="\'?&/'
/** Nobody who has the key sends more texts of its length than this; whoever does shall not cost a digest for each. */
const MAX_PIECES = 16

/**
 * Gives the event itself when there is nothing to hide, which is nearly always. The key is looked for by digests of
 * whole pieces, never by comparing text, so that the time this takes tells nothing about it.
 */
export function createCredentialFilter(
  keyLength: number,
  isKey: (guess: string) => boolean
): (event: InvocationEvent) => InvocationEvent {
  // Goes through a value once: a piece is looked at from its beginning only.
  const pieces = new RegExp(
    `(?<![^${separators}])[^${separators}]{${keyLength}}(?![^${separators}])`,
    'g'
  )
  const isTheKey = (text: string): boolean => text.length === keyLength && isKey(text)

  function holdsKey(value: string): boolean {
    if (value.length < keyLength) return false
    // Of a key with separators in it, as base64 has them, there are no whole pieces.
    if ([value, behind(value, ' '), behind(value, '=')].some(isTheKey)) return true
    return value.match(pieces)?.slice(0, MAX_PIECES).some(isTheKey) ?? false
  }

  /** Also as user or password of Basic authentication. */
  function authorizationHoldsKey(value: string): boolean {
    const [, encoded] = /^basic +(\S+)$/i.exec(value) ?? []
    if (encoded === undefined) return holdsKey(value)
    const pair = Buffer.from(encoded, 'base64').toString('latin1')
    const colon = pair.indexOf(':')
    return isTheKey(pair.slice(0, colon)) || isTheKey(pair.slice(colon + 1)) || isTheKey(encoded)
  }

  function cleanCookies(value: string): string | undefined {
    const cookies = value.toLowerCase().includes(SESSION_COOKIE)
      ? withoutSessionCookie(value)
      : value
    if (cookies === undefined || cookies.length < keyLength) return cookies
    const pairs = cookies.split(';')
    const kept = pairs.filter(pair => !holdsKey(pair))
    if (kept.length === pairs.length) return cookies
    const text = kept.join(';').trim()
    return text === '' ? undefined : text
  }

  function cleanHeader(name: string, value: string): string | undefined {
    if (name === 'Cookie') return cleanCookies(value)
    const isSecret =
      name === 'Authorization' || name === 'Proxy-Authorization'
        ? authorizationHoldsKey(value)
        : holdsKey(value)
    return isSecret ? undefined : value
  }

  const cleanParameter = (_name: string, value: string): string | undefined =>
    holdsKey(value) ? undefined : value

  return event => {
    const headers = cleanFields(event.headers, cleanHeader)
    const query = cleanFields(event.query, cleanParameter)
    return headers === event.headers && query === event.query ? event : { ...event, headers, query }
  }
}

const behind = (value: string, mark: string): string => value.slice(value.indexOf(mark) + 1).trim()

/** The same object when nothing changes. */
function cleanFields(
  fields: Fields,
  clean: (name: string, value: string) => string | undefined
): Fields {
  let changed: Record<string, string> | undefined
  for (const name in fields) {
    const value = fields[name] as string
    const kept = clean(name, value)
    if (kept === value) continue
    changed ??= Object.assign(Object.create(null) as Record<string, string>, fields)
    if (kept === undefined) delete changed[name]
    else changed[name] = kept
  }
  return changed ?? fields
}
