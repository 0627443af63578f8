/** The cookie of the dashboard's session, which is nobody's business but the server's and the browser's. */

export const SESSION_COOKIE = 'auth_token'

/**
 * A `Cookie` header without the session; undefined when nothing else was in it. The other cookies stay as they are
 * written.
 */
export function withoutSessionCookie(header: string): string | undefined {
  const kept = header.split(';').filter(pair => !isSession(nameOf(pair)))
  const text = kept.join(';').trim()
  return text === '' ? undefined : text
}

/**
 * A `Set-Cookie` header without what would set or clear the session; undefined when that was all of it. Proxies may
 * take a comma for the start of another cookie. A browser sends a cookie without a name, `=auth_token=x`, as
 * `auth_token=x`.
 */
export function withoutSettingSession(header: string): string | undefined {
  const [first = '', ...joined] = header.split(/,(?=[\s=]*auth_token\s*(?:[=;,]|$))/i)
  if (isSession(nameOf(first))) return undefined
  return joined.length === 0 ? header : first
}

const nameOf = (pair: string): string => /^[\s=]*([^=;]*)/.exec(pair)?.[1]?.trim() ?? ''

/** In any case: no browser needs that, but a careless proxy may fold names. */
const isSession = (name: string): boolean => name.toLowerCase() === SESSION_COOKIE
