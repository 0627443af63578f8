/** SessionStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type { SessionRecord, SessionStore } from '../../../core/contracts/sessions.js'
import type { Batch } from '../db/batch.js'

interface Row {
  readonly id: string
  readonly created_at: number
  readonly last_seen_at: number
  readonly expires_at: number
  readonly address: string
  readonly user_agent: string | null
}

const columns = 'id, created_at, last_seen_at, expires_at, address, user_agent'

export function createSessionStore({
  db,
  batch
}: {
  readonly db: Database
  readonly batch: Batch
}): SessionStore {
  const insert = db.prepare<
    [string, number, number, number, string, string | null, string, string]
  >(`insert into sessions (${columns}, token_hash, key_mark) values (?, ?, ?, ?, ?, ?, ?, ?)`)
  const byToken = db.prepare<[string], Row>(`select ${columns} from sessions where token_hash = ?`)
  const all = db.prepare<[], Row>(`select ${columns} from sessions order by id desc`)
  const touch = db.prepare<[number, string]>('update sessions set last_seen_at = ? where id = ?')
  const remove = db.prepare<[string]>('delete from sessions where id = ?')
  const removeAll = db.prepare('delete from sessions')
  const removeStale = db.prepare<[number, string]>(
    'delete from sessions where expires_at <= ? or key_mark <> ?'
  )

  return {
    create: ({ id, createdAt, lastSeenAt, expiresAt, address, userAgent, tokenHash, keyMark }) =>
      batch.write(() => {
        insert.run(
          id,
          createdAt,
          lastSeenAt,
          expiresAt,
          address,
          userAgent ?? null,
          tokenHash,
          keyMark
        )
      }),
    findByToken: tokenHash =>
      batch.read(() => {
        const row = byToken.get(tokenHash)
        return row === undefined ? undefined : toSession(row)
      }),
    list: () => batch.read(() => all.all().map(toSession)),
    touch: (id, seenAt) =>
      batch.write(() => {
        touch.run(seenAt, id)
      }),
    remove: id => batch.write(() => remove.run(id).changes > 0),
    removeAll: () =>
      batch.write(() => {
        removeAll.run()
      }),
    removeStale: (now, keyMark) =>
      batch.write(() => {
        removeStale.run(now, keyMark)
      })
  }
}

const toSession = (row: Row): SessionRecord => ({
  id: row.id,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  expiresAt: row.expires_at,
  address: row.address,
  userAgent: row.user_agent ?? undefined
})
