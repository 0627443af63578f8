/** Sessions of the dashboard in the storage. */

export interface SessionRecord {
  readonly id: string
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly expiresAt: number
  readonly address: string
  readonly userAgent: string | undefined
}

export interface NewSession extends SessionRecord {
  /** All that is kept of the token. */
  readonly tokenHash: string
  /** The same for all sessions of one API key. */
  readonly keyMark: string
}

/** Sessions of the dashboard; see plugins/auth/sessions.ts for what makes one valid. */
export interface SessionStore {
  create(session: NewSession): Promise<void>
  findByToken(tokenHash: string): Promise<SessionRecord | undefined>
  /** Newest first. */
  list(): Promise<SessionRecord[]>
  touch(id: string, seenAt: number): Promise<void>
  remove(id: string): Promise<boolean>
  removeAll(): Promise<void>
  /** Removes those that have expired by `now` and those with another `keyMark`. */
  removeStale(now: number, keyMark: string): Promise<void>
}
