/**
 * URLs as functions write them, made into what goes on the wire. Stricter than browsers (no missing slashes, no
 * blanks or backslashes in the host, no broken escapes), and the path stays as written except for odd characters.
 */
import { failures } from './failure.js'

export interface Target {
  /** `scheme://host:port`, host in lower case and IP addresses in their usual form. */
  readonly origin: string
  readonly protocol: 'http:' | 'https:'
  /** Without port; IPv6 in brackets. */
  readonly hostname: string
  /** With port if it is not the scheme's own; for messages. */
  readonly host: string
  /** Path and query, percent-encoded; begins with a slash. */
  readonly path: string
  /** The Authorization header that user and password in the URL stand for. */
  readonly authorization: string | undefined
  /** The whole without fragment, for resolving redirects. */
  readonly url: string
}

/** Throws an OutgoingFailure for anything that is not an http(s) URL with a host. */
export function parseTarget(url: string): Target {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(url)) throw failures.badUrl(url, 'it contains a control character')
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/i.exec(url) ?? []
  if (scheme === undefined) throw failures.badUrl(url, 'it must begin with http:// or https://')
  const protocol = `${scheme.toLowerCase()}:`
  if (protocol !== 'http:' && protocol !== 'https:') throw failures.badScheme(scheme)
  const [, authority = '', tail = ''] = /^\/\/([^/?#]*)([^#]*)/.exec(rest) ?? []
  if (authority === '' || /[\s\\]/.test(authority)) {
    throw failures.badUrl(
      url,
      authority === '' ? 'it has no host' : 'its host contains a blank or backslash'
    )
  }

  const parsed = parseAuthority(url, `${protocol}//${authority}`)
  const path = encodeTail(url, tail)
  return {
    origin: parsed.origin,
    protocol,
    hostname: parsed.hostname,
    host: parsed.host,
    path,
    authorization: basicAuth(parsed),
    url: `${protocol}//${authority}${path}`
  }
}

function parseAuthority(url: string, start: string): URL {
  try {
    return new URL(start)
  } catch {
    throw failures.badUrl(url, 'its host or port is not valid')
  }
}

function encodeTail(url: string, tail: string): string {
  const queryAt = tail.indexOf('?')
  const path = queryAt < 0 ? tail : tail.slice(0, queryAt)
  const query = queryAt < 0 ? '' : tail.slice(queryAt)
  const [badEscape] = /%(?![0-9a-f]{2}).{0,2}/i.exec(path) ?? []
  if (badEscape !== undefined) throw failures.badUrl(url, `'${badEscape}' is not a valid escape`)
  const encodedPath = path.replace(/[^\w.~!$&'()*+,;=:@/%[\]-]+/gu, encodeChars)
  return (
    (encodedPath === '' ? '/' : encodedPath) + query.replace(/[^\x21-\x7e]+|["<>]+/gu, encodeChars)
  )
}

const encodeChars = (chars: string) =>
  Array.from(
    Buffer.from(chars, 'utf8'),
    byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  ).join('')

function basicAuth({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`
}

/** Decodes what the URL parser encoded or left; text with a broken escape stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
