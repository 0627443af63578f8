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

type Author = VariablesEntry['replacedBy']
type Variables = Readonly<Record<string, string>>
/** A function, as its rows and its sealed values know it. */
export interface EnvOwner {
  readonly rowId: number
  readonly functionId: string
}
/** Stands for all functions; no function has this id. */
export const SHARED_ENV: EnvOwner = { rowId: SHARED, functionId: '' }
interface Row {
  readonly seq: number
  readonly replacedAt: number
  readonly replacedBy: Author
  readonly sealed: Buffer
}

export const MAX_ENTRIES: Readonly<Record<Author, number>> = { user: 50, function: 10 }
export const VARIABLES_KEPT_DAYS = 90
export const KEPT_SECONDS = VARIABLES_KEPT_DAYS * 86_400
/** A change by the function within this time after the last one belongs to the same entry. */
export const TOGETHER_SECONDS = 3600
/** No variable's name begins like this: what is sealed with it cannot be opened as a variable, nor the reverse. */
export const HISTORY_NAME = '\0history'

export class EnvHistory {
  private readonly sql: ReturnType<typeof prepareStatements>

  constructor(
    db: Database,
    private readonly secrets: SecretBox,
    private readonly nowMs: () => number
  ) {
    this.sql = prepareStatements(db)
  }

  /** Keeps the state before a change; within its batch, before the change. */
  add({ rowId, functionId }: EnvOwner, variables: Variables, by: Author): void {
    const sealed = this.secrets.seal(JSON.stringify(variables), functionId, HISTORY_NAME)
    this.sql.insert.run(rowId, this.now(), by, sealed)
    this.sql.prune.run(rowId, by, rowId, by, MAX_ENTRIES[by])
  }

  /** False: a change by the function itself belongs to the newest entry. */
  needsEntry(rowId: number): boolean {
    const newest = this.sql.newest.get(rowId)
    return (
      newest === undefined ||
      newest.replacedBy !== 'function' ||
      newest.replacedAt <= this.now() - TOGETHER_SECONDS
    )
  }

  /** Each entry is shown with the state that followed it; that of the newest one is `current`. */
  list(owner: EnvOwner, { limit, offset }: Page, current: Variables): Paged<VariablesEntry> {
    const { rowId } = owner
    const isFirstPage = offset === 0
    // Beyond the first page, the entry before it is read too: it is the state that followed the page's first.
    const rows = isFirstPage
      ? this.sql.list.all(rowId, this.oldest(), limit, 0)
      : this.sql.list.all(rowId, this.oldest(), limit + 1, offset - 1)
    const states = rows.map(row => this.open(row, owner))
    if (isFirstPage) states.unshift(current)
    const entries = isFirstPage ? rows : rows.slice(1)
    return {
      total: this.sql.count.get(rowId, this.oldest()) ?? 0,
      rows: entries.map(({ seq, replacedAt, replacedBy }, i) => ({
        id: seq,
        replacedAt,
        replacedBy,
        variables: states[i + 1] ?? {},
        replacement: states[i] ?? {}
      }))
    }
  }

  find(owner: EnvOwner, id: number): Variables | undefined {
    const row = this.sql.find.get(owner.rowId, this.oldest(), id)
    return row && this.open(row, owner)
  }

  /** Returns how many entries were deleted, as does `expire`. */
  clear(rowId: number): number {
    return this.sql.clear.run(rowId).changes
  }

  expire(now: number, limit: number): number {
    return this.sql.expire.run(now - KEPT_SECONDS, limit).changes
  }

  private now(): number {
    return Math.floor(this.nowMs() / 1000)
  }

  private oldest(): number {
    return this.now() - KEPT_SECONDS
  }

  private open({ sealed }: Row, { functionId }: EnvOwner): Variables {
    return JSON.parse(this.secrets.open(sealed, functionId, HISTORY_NAME)) as Variables
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
    newest: db.prepare<[number], Pick<Row, 'replacedAt' | 'replacedBy'>>(
      `select replaced_at as replacedAt, replaced_by as replacedBy
       from env_history where function = ? order by seq desc limit 1`
    ),
    list: db.prepare<[number, number, number, number], Row>(
      `select ${columns} from env_history
       where function = ? and replaced_at > ? order by seq desc limit ? offset ?`
    ),
    count: db
      .prepare<[number, number], number>(
        'select count(*) from env_history where function = ? and replaced_at > ?'
      )
      .pluck(),
    find: db.prepare<[number, number, number], Row>(
      `select ${columns} from env_history where function = ? and replaced_at > ? and seq = ?`
    ),
    clear: db.prepare<[number]>('delete from env_history where function = ?'),
    expire: db.prepare<[number, number]>(
      `delete from env_history where seq in
         (select seq from env_history where replaced_at <= ? limit ?)`
    )
  }
}

export function isSameVariables(one: Variables, other: Variables): boolean {
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every(name => Object.hasOwn(other, name) && other[name] === one[name])
  )
}
