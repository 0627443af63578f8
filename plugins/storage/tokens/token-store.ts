/** TokenStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type { TokenStore } from '../../../core/contracts/tokens.js'
import type { Batch } from '../db/batch.js'
import { toToken, toTokenColumns, tooManyTokens, type TokenRow } from './token-rows.js'

export function createTokenStore({
  db,
  batch
}: {
  readonly db: Database
  readonly batch: Batch
}): TokenStore {
  const sql = prepareStatements(db)

  return {
    create: (token, limit) =>
      batch.transaction(() => {
        if ((sql.count.get() ?? 0) >= limit) throw tooManyTokens(limit)
        sql.insert.run(toTokenColumns(token))
      }),
    list: () => batch.read(() => sql.list.all().map(toToken)),
    remove: id => batch.write(() => sql.remove.run(id).changes > 0),
    noteUse(id, at, ip) {
      batch
        .write(() => {
          sql.noteUse.run(at, ip, id)
        })
        .catch(() => {})
    }
  }
}

function prepareStatements(db: Database) {
  return {
    count: db.prepare<[], number>('select count(*) from tokens').pluck(),
    insert: db.prepare<ReturnType<typeof toTokenColumns>>(
      `insert into tokens (id, hash, name, scopes, functions, created_at, expires_at)
       values (:id, :hash, :name, :scopes, :functions, :createdAt, :expiresAt)`
    ),
    list: db.prepare<[], TokenRow>(
      `select id, hash, name, scopes, functions, created_at as createdAt, expires_at as expiresAt,
         last_used_at as lastUsedAt, last_used_ip as lastUsedIp
       from tokens order by id desc`
    ),
    remove: db.prepare<[string]>('delete from tokens where id = ?'),
    noteUse: db.prepare<[number, string, string]>(
      'update tokens set last_used_at = ?, last_used_ip = ? where id = ?'
    )
  }
}
