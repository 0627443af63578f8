/** TokenStore on PostgreSQL. */
import type { TokenStore } from '../../../core/contracts/tokens.js'
import { toToken, toTokenColumns, tooManyTokens, type TokenRow } from '../tokens/token-rows.js'
import type { Database } from './db/database.js'
import { noteTopic } from './functions/change-feed.js'

const TAGS = ['tokens']

/** Other servers, which keep tokens in memory, hear of changes. `node` is this one. */
export const createTokenStore = (db: Database, node: () => number): TokenStore => ({
  create: (token, limit) =>
    db.transaction(TAGS, async session => {
      // One at a time counts and adds.
      await session.run([{ sql: 'select pg_advisory_xact_lock(79, 1)', values: [] }])
      const row = await session.get<{ total: number }>('select count(*) as total from tokens')
      if ((row?.total ?? 0) >= limit) throw tooManyTokens(limit)
      const { id, hash, name, scopes, functions, createdAt, expiresAt } = toTokenColumns(token)
      await session.change(
        `insert into tokens (id, hash, name, scopes, functions, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        id,
        hash,
        name,
        scopes,
        functions,
        createdAt,
        expiresAt
      )
      const [sql, ...values] = noteTopic('tokens', node)
      await session.run([{ sql, values }])
    }),
  async list() {
    const rows = await db.all<TokenRow>(
      TAGS,
      `select id, hash, name, scopes, functions, created_at as "createdAt", expires_at as "expiresAt",
         last_used_at as "lastUsedAt", last_used_ip as "lastUsedIp"
       from tokens order by id desc`
    )
    return rows.map(toToken)
  },
  remove: id =>
    db.write(TAGS, batch => {
      const slot = batch.add('delete from tokens where id = $1', id)
      batch.add(...noteTopic('tokens', node))
      return () => slot.count > 0
    }),
  noteUse(id, at, ip) {
    void db.change(
      TAGS,
      'update tokens set last_used_at = $1, last_used_ip = $2 where id = $3',
      at,
      ip,
      id
    )
  }
})
