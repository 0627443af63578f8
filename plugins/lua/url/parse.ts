/** Takes a URL apart, by RFC 3986 with the tolerance of Go's net/url, which people's functions were written for. */
import { LuaFailure } from '../../../core/lua/errors.js'
import type { ToLua } from '../../../sandbox/lua/api.js'
import { parseAuthority } from './authority.js'
import { unescape } from '../../../core/base/percent-escapes.js'
import { parseQuery } from './query.js'

/** Throws LuaFailure saying what is wrong. */
export function parseUrl(text: string): ToLua {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(text)) throw new LuaFailure('the URL has a control character')
  const [beforeFragment, fragment] = cut(text, '#')
  const [scheme, afterScheme] = splitScheme(beforeFragment)
  const [rest, query] = cut(afterScheme, '?')
  const opaque = scheme !== '' && !rest.startsWith('/')
  if (scheme === '' && !rest.startsWith('/') && cut(rest, '/')[0].includes(':')) {
    throw new LuaFailure('the first part of a path without a scheme must not have a colon')
  }

  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))
  const slash = hasAuthority ? rest.indexOf('/', 2) : 0
  const authority = hasAuthority
    ? parseAuthority(rest.slice(2, slash < 0 ? undefined : slash))
    : { host: '' }
  const path = opaque ? '' : slash < 0 ? '' : rest.slice(slash)

  return {
    scheme,
    ...authority,
    path: decoded(path, 'path'),
    query: parseQuery(query),
    fragment: decoded(fragment, 'fragment')
  }
}

function cut(text: string, at: string): [string, string] {
  const index = text.indexOf(at)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

function splitScheme(text: string): [string, string] {
  if (text.startsWith(':')) throw new LuaFailure('the scheme before the first colon is missing')
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(text) ?? []
  return scheme === undefined ? ['', text] : [scheme.toLowerCase(), text.slice(scheme.length + 1)]
}

function decoded(text: string, part: string): string {
  const value = unescape(text)
  if (value === undefined) {
    throw new LuaFailure(`the ${part} has a % that is not followed by two hexadecimal digits`)
  }
  return value
}
