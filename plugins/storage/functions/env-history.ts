/**
 * What the variables of functions were before each change. The whole set is one sealed text, so that a state comes back
 * whole. Changes by the function itself in quick succession are one entry, and have room of their own: however often a
 * function writes, it does not push out what people had set.
 */
import type { Database } from 'better-sqlite3'
import type { VariablesEntry } from '../../../core/contracts/env.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { SHARED } from '../quotas/stored-bytes.js'
import type { SecretBox } from '../secrets/secret-box.js'
import {
  EnvEntries,
  KEPT_SECONDS,
  MAX_ENTRIES,
  toReadPage,
  type Author,
  type EnvEntryRow,
  type Variables
} from './env-entries.js'

/** A function, as its rows and its sealed values know it. */
export interface EnvOwner {
  readonly rowId: number
  readonly functionId: string
}
/** Stands for all functions; no function has this id. */
export const SHARED_ENV: EnvOwner = { rowId: SHARED, functionId: '' }
export class EnvHistory {
  private readonly sql: ReturnType<typeof prepareStatements>
  private readonly entries: EnvEntries

  constructor(db: Database, secrets: SecretBox, nowMs: () => number) {
    this.sql = prepareStatements(db)
    this.entries = new EnvEntries(secrets, nowMs)
  }

  /** Keeps the state before a change; within its batch, before the change. */
  add({ rowId, functionId }: EnvOwner, variables: Variables, by: Author): void {
    const { entries, sql } = this
    sql.insert.run(rowId, entries.now(), by, entries.seal(functionId, variables))
    sql.prune.run(rowId, by, rowId, by, MAX_ENTRIES[by])
  }

  /** False: a change by the function itself belongs to the newest entry. */
  needsEntry(rowId: number): boolean {
    return this.entries.isNeeded(this.sql.newest.get(rowId))
  }

  /** Each entry is shown with the state that followed it; that of the newest one is `current`. */
  list({ rowId, functionId }: EnvOwner, page: Page, current: Variables): Paged<VariablesEntry> {
    const { entries, sql } = this
    const { limit, offset } = toReadPage(page)
    const rows = sql.list.all(rowId, entries.oldest(), limit, offset)
    return {
      total: sql.count.get(rowId, entries.oldest()) ?? 0,
      rows: entries.toEntries(functionId, rows, page, current)
    }
  }

  find({ rowId, functionId }: EnvOwner, id: number): Variables | undefined {
    const row = this.sql.find.get(rowId, this.entries.oldest(), id)
    return row && this.entries.open(functionId, row)
  }

  /** Returns how many entries were deleted, as does `expire`. */
  clear(rowId: number): number {
    return this.sql.clear.run(rowId).changes
  }

  expire(now: number, limit: number): number {
    return this.sql.expire.run(now - KEPT_SECONDS, limit).changes
  }
}

function prepareStatements(db: Database) {
  const columns = 'seq, replaced_at as replacedAt, replaced_by as replacedBy, sealed'
  return {
    insert: db.prepare<[number, number, Author, Uint8Array]>(
      'insert into env_history (function, replaced_at, replaced_by, sealed) values (?, ?, ?, ?)'
    ),
    prune: db.prepare<[number, Author, number, Author, number]>(
      `delete from env_history where function = ? and replaced_by = ? and seq not in
         (select seq from env_history where function = ? and replaced_by = ? order by seq desc limit ?)`
    ),
    newest: db.prepare<[number], Pick<EnvEntryRow, 'replacedAt' | 'replacedBy'>>(
      `select replaced_at as replacedAt, replaced_by as replacedBy
       from env_history where function = ? order by seq desc limit 1`
    ),
    list: db.prepare<[number, number, number, number], EnvEntryRow>(
      `select ${columns} from env_history
       where function = ? and replaced_at > ? order by seq desc limit ? offset ?`
    ),
    count: db
      .prepare<[number, number], number>(
        'select count(*) from env_history where function = ? and replaced_at > ?'
      )
      .pluck(),
    find: db.prepare<[number, number, number], EnvEntryRow>(
      `select ${columns} from env_history where function = ? and replaced_at > ? and seq = ?`
    ),
    clear: db.prepare<[number]>('delete from env_history where function = ?'),
    expire: db.prepare<[number, number]>(
      `delete from env_history where seq in
         (select seq from env_history where replaced_at <= ? limit ?)`
    )
  }
}
