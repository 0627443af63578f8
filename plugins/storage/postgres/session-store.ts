/** SessionStore on PostgreSQL. */
import type { SessionRecord, SessionStore } from '../../../core/contracts/sessions.js'
import type { Database } from './db/database.js'
import { noteTopic } from './functions/change-feed.js'

interface Row extends Omit<SessionRecord, 'userAgent'> {
  readonly userAgent: string | null
}

const TAGS = ['sessions']
const columns = `id, created_at as "createdAt", last_seen_at as "lastSeenAt", expires_at as "expiresAt", address,
  user_agent as "userAgent"`

/** Other servers hear of ends, for what they have open. `node` is this one. */
export const createSessionStore = (db: Database, node: () => number): SessionStore => ({
  async create({ id, createdAt, lastSeenAt, expiresAt, address, userAgent, tokenHash, keyMark }) {
    await db.change(
      TAGS,
      `insert into sessions (id, created_at, last_seen_at, expires_at, address, user_agent, token_hash, key_mark)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      id,
      createdAt,
      lastSeenAt,
      expiresAt,
      address,
      userAgent ?? null,
      tokenHash,
      keyMark
    )
  },
  async findByToken(tokenHash) {
    const row = await db.get<Row>(
      TAGS,
      `select ${columns} from sessions where token_hash = $1`,
      tokenHash
    )
    return row && toSession(row)
  },
  list: async () =>
    (await db.all<Row>(TAGS, `select ${columns} from sessions order by id desc`)).map(toSession),
  async touch(id, seenAt) {
    await db.change(TAGS, 'update sessions set last_seen_at = $1 where id = $2', seenAt, id)
  },
  remove: id =>
    db.write(TAGS, batch => {
      const slot = batch.add('delete from sessions where id = $1', id)
      batch.add(...noteTopic('sessions', node))
      return () => slot.count > 0
    }),
  removeAll: () =>
    db.write(TAGS, batch => {
      batch.add('delete from sessions')
      batch.add(...noteTopic('sessions', node))
      return () => {}
    }),
  async removeStale(now, keyMark) {
    await db.change(
      TAGS,
      'delete from sessions where expires_at <= $1 or key_mark <> $2',
      now,
      keyMark
    )
  }
})

const toSession = ({ userAgent, ...row }: Row): SessionRecord => ({
  ...row,
  userAgent: userAgent ?? undefined
})
