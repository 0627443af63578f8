/** Tokens of the management API; storage.ts says when a promise settles. */

/** What a token may do; `admin` is everything. */
export const tokenScopes = [
  'functions:read',
  'functions:write',
  'run',
  'data:read',
  'data:write',
  'executions:read',
  'settings',
  'admin'
] as const

export type TokenScope = (typeof tokenScopes)[number]

export interface TokenRecord {
  readonly id: string
  readonly name: string
  readonly scopes: readonly TokenScope[]
  /** Ids of the only functions it is for; undefined: all. */
  readonly functions: readonly string[] | undefined
  /** Unix seconds, as are the next two. */
  readonly createdAt: number
  /** undefined: never. */
  readonly expiresAt: number | undefined
  /** To the minute; undefined: not yet. */
  readonly lastUsedAt: number | undefined
  /** Where that use came from. */
  readonly lastUsedIp: string | undefined
}

export interface NewToken extends Omit<TokenRecord, 'lastUsedAt' | 'lastUsedIp'> {
  /** SHA-256 of the token, as base64: all that is kept of it. */
  readonly hash: string
}

export interface StoredToken extends TokenRecord {
  readonly hash: string
}

export interface TokenStore {
  /** Rejects with CONFLICT when there are `limit` tokens already. */
  create(token: NewToken, limit: number): Promise<void>
  /** Newest first, expired ones too. */
  list(): Promise<StoredToken[]>
  /** False: there is no such token. */
  remove(id: string): Promise<boolean>
  /** Notes when and from where a token was used last; a note that is lost is not missed. */
  noteUse(id: string, at: number, ip: string): void
}
