/** The cookie that carries a session. */
import { parse } from 'cookie'
import { SESSION_COOKIE as NAME } from '../../core/http/session-cookie.js'
import { SESSION_SECONDS } from './sessions.js'

/** The session token of a `Cookie` header; undefined when there is none. */
export function tokenOf(cookieHeader: string | undefined): string | undefined {
  const token = cookieHeader === undefined ? undefined : parse(cookieHeader)[NAME]
  return token === '' ? undefined : token
}

/** What the server's place decides about the cookie. */
export interface CookiePlace {
  /** BASE_PATH: nothing outside of it gets the cookie. */
  readonly basePath: string
  /** Keeps it off plain http; only for a server that is reached over TLS. */
  readonly secure: boolean
}

export const sessionCookie = (token: string, { basePath, secure }: CookiePlace): string =>
  `${NAME}=${token}; Path=${basePath || '/'}; Max-Age=${SESSION_SECONDS}; HttpOnly; ` +
  `SameSite=Strict${secure ? '; Secure' : ''}`

export const endedCookie = (basePath: string): string =>
  `${NAME}=; Path=${basePath || '/'}; Max-Age=0; HttpOnly`
