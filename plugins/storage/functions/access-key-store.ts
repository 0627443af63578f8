/** AccessKeyStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type {
  AccessKeyRecord,
  AccessKeyStore,
  NewAccessKey
} from '../../../core/contracts/access-keys.js'
import type { MayChange } from '../../../core/contracts/functions.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import { toAccessKey, tooManyKeys, type AccessKeyRow } from './access-key-rows.js'
import { requireRowId, type FunctionRowIds } from './function-row-ids.js'
import type { Revisions } from './revisions.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly changes: ChangeFeed
  readonly revisions: Revisions
}

export class SqliteAccessKeyStore implements AccessKeyStore {
  private readonly sql: ReturnType<typeof prepareStatements>

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
  }

  create(
    functionId: string,
    { id, name, hash, createdAt, expiresAt }: NewAccessKey,
    limit: number,
    mayChange?: MayChange
  ): Promise<string> {
    const { batch, rowIds, revisions } = this.parts
    return batch.transaction(() => {
      const rowId = requireRowId(rowIds, functionId)
      revisions.check(rowId, mayChange)
      if ((this.sql.count.get(rowId) ?? 0) >= limit) throw tooManyKeys(limit)
      const bytes = Buffer.from(hash, 'base64')
      this.sql.insert.run(id, rowId, name, bytes, createdAt, expiresAt ?? null)
      return this.noteChange(rowId, functionId)
    })
  }

  list(functionId: string): Promise<AccessKeyRecord[]> {
    const { batch, rowIds } = this.parts
    return batch.read(() => {
      const rowId = rowIds.find(functionId)
      return rowId === undefined ? [] : this.sql.list.all(rowId).map(toAccessKey)
    })
  }

  remove(functionId: string, keyId: string, mayChange?: MayChange): Promise<string | false> {
    const { batch, rowIds, revisions } = this.parts
    return batch.transaction(() => {
      const rowId = rowIds.find(functionId)
      if (rowId === undefined) return false
      revisions.check(rowId, mayChange)
      const { changes } = this.sql.remove.run(rowId, keyId)
      return changes > 0 && this.noteChange(rowId, functionId)
    })
  }

  noteUse(keyId: string, at: number): void {
    this.parts.batch
      .write(() => {
        this.sql.noteUse.run(at, keyId)
      })
      .catch(() => {})
  }

  private noteChange(rowId: number, functionId: string): string {
    const { revisions, changes } = this.parts
    revisions.count(rowId)
    changes.changed(functionId)
    return revisions.of(rowId)
  }
}

function prepareStatements(db: Database) {
  return {
    count: db
      .prepare<[number], number>('select count(*) from access_keys where function = ?')
      .pluck(),
    insert: db.prepare<[string, number, string, Uint8Array, number, number | null]>(
      `insert into access_keys (id, function, name, hash, created_at, expires_at)
       values (?, ?, ?, ?, ?, ?)`
    ),
    list: db.prepare<[number], AccessKeyRow>(
      `select id, name, hash, created_at as createdAt, expires_at as expiresAt, last_used_at as lastUsedAt
       from access_keys where function = ? order by id`
    ),
    remove: db.prepare<[number, string]>('delete from access_keys where function = ? and id = ?'),
    noteUse: db.prepare<[number, string]>('update access_keys set last_used_at = ? where id = ?')
  }
}
