/** The cookie that carries a session. */
import { parse } from 'cookie'
import { SESSION_COOKIE as NAME } from '../../core/http/session-cookie.js'
import { SESSION_SECONDS } from './sessions.js'

/** The session token of a `Cookie` header; undefined when there is none. */
export function tokenOf(cookieHeader: string | undefined): string | undefined {
  const token = cookieHeader === undefined ? undefined : parse(cookieHeader)[NAME]
  return token === '' ? undefined : token
}

/** `secure` keeps it off plain http; only for a server that is reached over TLS. */
export const sessionCookie = (token: string, secure: boolean): string =>
  `${NAME}=${token}; Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`

export const endedCookie = `${NAME}=; Path=/; Max-Age=0; HttpOnly`
