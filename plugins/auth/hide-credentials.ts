/**
 * Takes out of an event what opens this server: the session of the dashboard, the API key and tokens. Functions are
 * other people's code, and events are stored: neither may get hold of them. All other cookies and credentials pass.
 */
import { encodeQuery } from '../../core/base/encoded-target.js'
import type { EventDetails, InvocationEvent } from '../../core/contracts/invocation.js'
import { SESSION_COOKIE, withoutSessionCookie } from '../../core/http/session-cookie.js'

type Fields = Readonly<Record<string, string>>

/** What may stand before and after a key in a header: `Bearer KEY`, `token="KEY"`, `https://host/?key=KEY`. */
const separators = '\\s,;:="\'?&/'
/** No legitimate request has more texts of a key's length than this; digests of more are not computed. */
const MAX_PIECES = 16

/** What opens this server: all secrets of one kind have one length. */
export interface SecretKind {
  readonly length: number
  /** How its texts begin; empty when nothing is known. */
  readonly mark: string
  readonly isSecret: (text: string) => boolean
}

interface KeySearch {
  /** Whether a text holds the key as a whole piece. */
  readonly holdsKey: (value: string) => boolean
  /** The same of an Authorization header: also as user or password of Basic authentication. */
  readonly authorizationHoldsKey: (value: string) => boolean
}

function createKeySearch({ length, mark, isSecret }: SecretKind): KeySearch {
  // Goes through a value once: a piece is looked at from its beginning only.
  const pieces = new RegExp(
    `(?<![^${separators}])[^${separators}]{${length}}(?![^${separators}])`,
    'g'
  )
  const isTheKey = (text: string): boolean =>
    text.length === length && text.startsWith(mark) && isSecret(text)

  function holdsKey(value: string): boolean {
    if (value.length < length || !value.includes(mark)) return false
    // Of a key with separators in it, as base64 has them, there are no whole pieces.
    if (isTheKey(value) || isTheKey(behind(value, ' ')) || isTheKey(behind(value, '='))) return true
    return value.match(pieces)?.slice(0, MAX_PIECES).some(isTheKey) ?? false
  }

  function authorizationHoldsKey(value: string): boolean {
    const [, encoded] = /^basic +(\S+)$/i.exec(value) ?? []
    if (encoded === undefined) return holdsKey(value)
    const pair = Buffer.from(encoded, 'base64').toString('latin1')
    const colon = pair.indexOf(':')
    return isTheKey(pair.slice(0, colon)) || isTheKey(pair.slice(colon + 1)) || isTheKey(encoded)
  }

  return { holdsKey, authorizationHoldsKey }
}

/**
 * Gives the event itself when there is nothing to hide, which is nearly always. Secrets are looked for by digests of
 * whole pieces, never by comparing text, so that the time this takes tells nothing about them.
 */
export function createCredentialFilter(
  kinds: readonly SecretKind[]
): (event: InvocationEvent) => InvocationEvent {
  const searches = kinds.map(createKeySearch)
  const shortest = Math.min(...kinds.map(({ length }) => length))
  const holdsKey = (value: string): boolean =>
    value.length >= shortest && searches.some(search => search.holdsKey(value))
  const authorizationHoldsKey = (value: string): boolean =>
    searches.some(search => search.authorizationHoldsKey(value))

  function cleanCookies(value: string): string | undefined {
    const cookies = value.toLowerCase().includes(SESSION_COOKIE)
      ? withoutSessionCookie(value)
      : value
    if (cookies === undefined || cookies.length < shortest) return cookies
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

  const tells = (target: string): boolean => target.includes('?') && holdsKey(target)

  const cleanParameter = (_name: string, value: string): string | undefined =>
    holdsKey(value) ? undefined : value

  return event => {
    const headers = cleanFields(event.headers, cleanHeader)
    const query = cleanFields(event.query, cleanParameter)
    const details = event.details && cleanDetails(event.details, query, query !== event.query)
    const isClean = headers === event.headers && query === event.query && details === event.details
    return isClean ? event : { ...event, headers, query, details }
  }

  /** A target whose query tells what the function shall not see is made anew of what is left. */
  function cleanDetails(
    details: EventDetails,
    query: Fields,
    isQueryCleaned: boolean
  ): EventDetails {
    const { target = '' } = details
    const moreHeaders = cleanPairs(details.moreHeaders, cleanHeader)
    const moreQuery = cleanPairs(details.moreQuery, cleanParameter)
    const isTold = isQueryCleaned || moreQuery !== details.moreQuery || tells(target)
    if (!isTold && moreHeaders === details.moreHeaders) return details
    return {
      ...details,
      moreHeaders,
      moreQuery,
      target: isTold ? withQuery(target, encodeQuery(query, moreQuery)) : target
    }
  }
}

/** The same list when nothing changes. */
function cleanPairs(
  pairs: readonly string[] | undefined,
  clean: (name: string, value: string) => string | undefined
): readonly string[] | undefined {
  if (pairs === undefined) return undefined
  const kept: string[] = []
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = pairs[i] as string
    const value = clean(name, pairs[i + 1] as string)
    if (value !== undefined) kept.push(name, value)
  }
  const isSame = kept.length === pairs.length && kept.every((text, i) => text === pairs[i])
  return isSame ? pairs : kept
}

function withQuery(target: string, query: string): string {
  const [path = ''] = target.split('?', 1)
  return query === '' ? path : `${path}?${query}`
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
