/** Who acts at the management API. */
import type { TokenScope } from './tokens.js'

interface KeyHolder {
  readonly kind: 'api_key'
}

interface SessionHolder {
  readonly kind: 'session'
  readonly id: string
}

interface TokenHolder {
  readonly kind: 'token'
  readonly id: string
  readonly name: string
  readonly scopes: readonly TokenScope[]
  /** Ids of the only functions it is for; undefined: all. */
  readonly functions: readonly string[] | undefined
  /** Unix seconds; undefined: never. */
  readonly expiresAt: number | undefined
}

/** Holders of the API key and of sessions may do everything; a token may do what its scopes say. */
export type Actor = KeyHolder | SessionHolder | TokenHolder
