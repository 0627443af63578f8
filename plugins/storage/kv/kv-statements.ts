/** Statements on key-value entries. All but `put` and `size` ignore entries that have expired. */
import type { Database } from 'better-sqlite3'
import { bytesSql } from '../quotas/row-bytes.js'

export interface KvRow {
  readonly key: Buffer
  readonly value: Buffer
  readonly expiresAt: number | null
}

export type KvStatements = ReturnType<typeof prepareKvStatements>

const alive = '(expires_at is null or expires_at > ?)'
const columns = 'key, value, expires_at as expiresAt'

export function prepareKvStatements(db: Database) {
  return {
    get: db
      .prepare<[number, Uint8Array, number], Buffer>(
        `select value from kv where function = ? and key = ? and ${alive}`
      )
      .pluck(),
    getEntry: db.prepare<[number, Uint8Array, number], Omit<KvRow, 'key'>>(
      `select value, expires_at as expiresAt from kv where function = ? and key = ? and ${alive}`
    ),
    /** Of the value alone, which it does not read. */
    getSize: db.prepare<
      [number, Uint8Array, number],
      { readonly bytes: number; readonly expiresAt: number | null }
    >(
      `select octet_length(value) as bytes, expires_at as expiresAt
       from kv where function = ? and key = ? and ${alive}`
    ),
    put: db.prepare<[number, Uint8Array, Uint8Array, number | null]>(
      `insert into kv (function, key, value, expires_at) values (?, ?, ?, ?)
       on conflict do update set value = excluded.value, expires_at = excluded.expires_at`
    ),
    size: db
      .prepare<[number, Uint8Array], number>(
        `select ${bytesSql('kv')} from kv where function = ? and key = ?`
      )
      .pluck(),
    delete: db.prepare<[number, Uint8Array, number]>(
      `delete from kv where function = ? and key = ? and ${alive}`
    ),
    list: db.prepare<[number, Uint8Array, number, number], KvRow>(
      `select ${columns} from kv where function = ? and key >= ? and ${alive} order by key limit ?`
    ),
    listUntil: db.prepare<[number, Uint8Array, Uint8Array, number, number], KvRow>(
      `select ${columns} from kv
       where function = ? and key >= ? and key < ? and ${alive} order by key limit ?`
    ),
    keysUntil: db
      .prepare<[number, Uint8Array, Uint8Array, number, number], Buffer>(
        `select key from kv
         where function = ? and key >= ? and key < ? and ${alive} order by key limit ?`
      )
      .pluck(),
    keys: db
      .prepare<[number, Uint8Array, number, number], Buffer>(
        `select key from kv where function = ? and key >= ? and ${alive} order by key limit ?`
      )
      .pluck()
  }
}
