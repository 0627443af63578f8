/** TokenStore on SQLite. */
import type { Database } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import { limitTexts } from '../../../core/base/limit-texts.js'
import type { StoredToken, TokenScope, TokenStore } from '../../../core/contracts/tokens.js'
import type { Batch } from '../db/batch.js'

export interface TokenRow {
  readonly id: string
  readonly hash: Buffer
  readonly name: string
  readonly scopes: string
  readonly functions: string | null
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  readonly lastUsedIp: string | null
}

export function createTokenStore({
  db,
  batch
}: {
  readonly db: Database
  readonly batch: Batch
}): TokenStore {
  const sql = prepareStatements(db)

  return {
    create: ({ id, hash, name, scopes, functions, createdAt, expiresAt }, limit) =>
      batch.transaction(() => {
        if ((sql.count.get() ?? 0) >= limit) {
          throw new MoonletError('CONFLICT', limitTexts.tokens(limit))
        }
        sql.insert.run({
          id,
          hash: Buffer.from(hash, 'base64'),
          name,
          scopes: JSON.stringify(scopes),
          functions: functions === undefined ? null : JSON.stringify(functions),
          createdAt,
          expiresAt: expiresAt ?? null
        })
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
    insert: db.prepare<Omit<TokenRow, 'lastUsedAt' | 'lastUsedIp'>>(
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

export const toToken = ({ hash, scopes, functions, ...row }: TokenRow): StoredToken => ({
  id: row.id,
  name: row.name,
  hash: hash.toString('base64'),
  scopes: JSON.parse(scopes) as TokenScope[],
  functions: functions === null ? undefined : (JSON.parse(functions) as string[]),
  createdAt: row.createdAt,
  expiresAt: row.expiresAt ?? undefined,
  lastUsedAt: row.lastUsedAt ?? undefined,
  lastUsedIp: row.lastUsedIp ?? undefined
})
