/** AccessKeyStore on PostgreSQL. */
import type {
  AccessKeyRecord,
  AccessKeyStore,
  NewAccessKey
} from '../../../../core/contracts/access-keys.js'
import type { MayChange } from '../../../../core/contracts/functions.js'
import { toAccessKey, tooManyKeys, type AccessKeyRow } from '../../functions/access-key-rows.js'
import type { Database } from '../db/database.js'
import type { Session } from '../db/transaction.js'
import { tellAfter, type ChangeFeed } from './change-feed.js'
import { lockOwner, requireOwner } from './owners.js'
import { checkRevision, revisionOf } from './revisions.js'

const TAGS = ['functions']

export class PostgresAccessKeyStore implements AccessKeyStore {
  constructor(private readonly parts: { readonly db: Database; readonly changes: ChangeFeed }) {}

  create(
    functionId: string,
    { id, name, hash, createdAt, expiresAt }: NewAccessKey,
    limit: number,
    mayChange?: MayChange
  ): Promise<string> {
    const created = this.parts.db.transaction(TAGS, async session => {
      const seq = await requireOwner(session, functionId)
      await checkRevision(session, seq, mayChange)
      const row = await session.get<{ total: number }>(
        'select count(*) as total from access_keys where function = $1',
        seq
      )
      if ((row?.total ?? 0) >= limit) {
        throw tooManyKeys(limit)
      }
      await session.change(
        'insert into access_keys (id, function, name, hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)',
        id,
        seq,
        name,
        Buffer.from(hash, 'base64'),
        createdAt,
        expiresAt ?? null
      )
      return this.noteChange(session, seq, functionId)
    })
    return tellAfter(this.parts.changes, [functionId], created)
  }

  async list(functionId: string): Promise<AccessKeyRecord[]> {
    const rows = await this.parts.db.all<AccessKeyRow>(
      TAGS,
      `select k.id, k.name, k.hash, k.created_at as "createdAt", k.expires_at as "expiresAt",
         k.last_used_at as "lastUsedAt"
       from access_keys k join functions f on f.seq = k.function where f.id = $1 order by k.id`,
      functionId
    )
    return rows.map(toAccessKey)
  }

  remove(functionId: string, keyId: string, mayChange?: MayChange): Promise<string | false> {
    const removed = this.parts.db.transaction(TAGS, async session => {
      const seq = await lockOwner(session, functionId)
      if (seq === undefined) return false
      await checkRevision(session, seq, mayChange)
      const count = await session.change(
        'delete from access_keys where function = $1 and id = $2',
        seq,
        keyId
      )
      return count > 0 && this.noteChange(session, seq, functionId)
    })
    return tellAfter(this.parts.changes, [functionId], removed)
  }

  noteUse(keyId: string, at: number): void {
    void this.parts.db.change(
      TAGS,
      'update access_keys set last_used_at = $1 where id = $2',
      at,
      keyId
    )
  }

  private async noteChange(session: Session, seq: number, functionId: string): Promise<string> {
    await session.change('update functions set changes = changes + 1 where seq = $1', seq)
    await this.parts.changes.note(session, [functionId])
    return revisionOf(session, seq)
  }
}
