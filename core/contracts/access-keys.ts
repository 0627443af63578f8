/** Keys by which functions are called; storage.ts says when a promise settles. */
import type { MayChange } from './functions.js'

export interface AccessKeyRecord {
  readonly id: string
  readonly name: string
  /** SHA-256 of the key, as base64. */
  readonly hash: string
  /** Unix seconds, as are the next two. */
  readonly createdAt: number
  /** undefined: never. */
  readonly expiresAt: number | undefined
  /** By the minute; undefined: not yet. */
  readonly lastUsedAt: number | undefined
}

export type NewAccessKey = Omit<AccessKeyRecord, 'lastUsedAt'>

/** A change of its keys changes the function: it has another revision then, and its listeners are called. */
export interface AccessKeyStore {
  /**
   * Returns the function's new revision. Rejects with NOT_FOUND when there is no such function, with CONFLICT when it
   * has `limit` keys already.
   */
  create(
    functionId: string,
    key: NewAccessKey,
    limit: number,
    mayChange?: MayChange
  ): Promise<string>
  /** Oldest first. */
  list(functionId: string): Promise<AccessKeyRecord[]>
  /** Returns the function's new revision; false: it has no such key. */
  remove(functionId: string, keyId: string, mayChange?: MayChange): Promise<string | false>
  /** Notes when a key was used last; a note that is lost is not missed. */
  noteUse(keyId: string, at: number): void
}
