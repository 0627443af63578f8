/**
 * Sessions of the dashboard. A session is a random token in a cookie; storage holds only an HMAC of it made
 * with the API key. So neither a copy of the database nor a former key opens anything, and a new key ends
 * every session.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createAccessWatchers } from './access-watchers.js'
import type { IdSource } from '../../core/base/ids.js'
import type { SessionRecord, SessionStore } from '../../core/contracts/sessions.js'

export const SESSION_SECONDS = 86_400
/** How exact `last_seen_at` is; saves a write for every request. */
const SEEN_EVERY_SECONDS = 60
const MAX_AGENT_CHARACTERS = 300

export interface SessionOptions {
  readonly store: SessionStore
  readonly ids: IdSource
  readonly key: string
  readonly onError: (error: unknown) => void
  /** Unix seconds. */
  readonly now?: () => number
}

export function createSessions({
  store,
  ids,
  key,
  onError,
  now = () => Math.floor(Date.now() / 1000)
}: SessionOptions) {
  const tokenHash = (token: string) =>
    createHmac('sha256', key).update(`session ${token}`).digest('hex')
  const keyMark = markOf(key)
  const watchers = createAccessWatchers(now)

  return {
    /** Starts a session; gives its id, and the token for the cookie, the only time it is seen. */
    async start(
      address: string,
      userAgent: string | undefined
    ): Promise<{ id: string; token: string }> {
      const id = ids.next()
      const token = randomBytes(32).toString('base64url')
      const at = now()
      await store.removeStale(at, keyMark)
      await store.create({
        id,
        createdAt: at,
        lastSeenAt: at,
        expiresAt: at + SESSION_SECONDS,
        address,
        userAgent: userAgent?.slice(0, MAX_AGENT_CHARACTERS),
        tokenHash: tokenHash(token),
        keyMark
      })
      return { id, token }
    },
    /** The living session of a token. */
    async find(token: string): Promise<SessionRecord | undefined> {
      const session = await store.findByToken(tokenHash(token))
      const at = now()
      if (session === undefined || session.expiresAt <= at) return undefined
      if (at - session.lastSeenAt >= SEEN_EVERY_SECONDS) store.touch(session.id, at).catch(onError)
      return session
    },
    /** Living ones, the newest first. */
    async list(): Promise<SessionRecord[]> {
      await store.removeStale(now(), keyMark)
      return await store.list()
    },
    async end(id: string): Promise<boolean> {
      const wasThere = await store.remove(id)
      watchers.tell(id)
      return wasThere
    },
    /** Another server has ended sessions: tells those who wait for that. */
    refresh: (): Promise<void> => tellEnded(store, watchers),
    async endAll(): Promise<void> {
      await store.removeAll()
      watchers.tellAll()
    },
    /** Calls `onEnd` once, when the session is ended or expires; gives a way to stop that. */
    watch: watchers.watch,
    /** Forgets the sessions that have expired or belong to a former key. */
    removeStale: (): Promise<void> => store.removeStale(now(), keyMark)
  }
}

export type Sessions = ReturnType<typeof createSessions>

async function tellEnded(
  store: SessionStore,
  watchers: ReturnType<typeof createAccessWatchers>
): Promise<void> {
  const waited = watchers.ids()
  if (waited.length === 0) return
  const living = new Set((await store.list()).map(({ id }) => id))
  for (const id of waited) if (!living.has(id)) watchers.tell(id)
}

/**
 * Tells sessions of this key from those of a former one, so that dead ones are not listed. Sixteen bits of a
 * digest: enough for that, too little to test guesses of a key against. Safety rests on the HMAC alone.
 */
const markOf = (key: string): string =>
  createHash('sha256').update(`mark ${key}`).digest('hex').slice(0, 4)
