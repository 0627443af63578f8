/** Whether the claims of a token whose signature is right hold here and now. */
import { LuaFailure } from '../../../core/lua/errors.js'

export interface Expected {
  readonly issuer: string | undefined
  readonly audiences: readonly string[] | undefined
  readonly leeway: number
}

export type Claims = Readonly<Record<string, unknown>>

/** Throws LuaFailure. */
export function checkClaims(claims: Claims, expected: Expected, nowMs: number): void {
  const now = nowMs / 1000
  const { leeway, issuer, audiences } = expected
  const exp = readTime(claims, 'exp')
  if (exp !== undefined && now >= exp + leeway) throw new LuaFailure('the token has expired')
  const nbf = readTime(claims, 'nbf')
  if (nbf !== undefined && now < nbf - leeway) throw new LuaFailure('the token is not valid yet')
  if (issuer !== undefined && claims.iss !== issuer) {
    throw new LuaFailure('the token is of another issuer')
  }
  if (audiences === undefined) return
  const given: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  if (!audiences.some(audience => given.includes(audience))) {
    throw new LuaFailure('the token is for another audience')
  }
}

function readTime(claims: Claims, name: string): number | undefined {
  const value = claims[name]
  if (value === undefined || typeof value === 'number') return value
  throw new LuaFailure(`the token's claim '${name}' is no number`)
}
