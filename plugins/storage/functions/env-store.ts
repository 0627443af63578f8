/** EnvStore on SQLite; values are sealed on the way in and opened on the way out. */
import type { Database } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import type { EnvStore, SharedEnvStore, VariablesEntry } from '../../../core/contracts/env.js'
import type { MayChange } from '../../../core/contracts/functions.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import type { SecretBox } from '../secrets/secret-box.js'
import { isSameVariables } from './env-entries.js'
import { SHARED_ENV, type EnvHistory, type EnvOwner } from './env-history.js'
import { requireRowId, type FunctionRowIds } from './function-row-ids.js'
import type { Revisions } from './revisions.js'

type Variables = Readonly<Record<string, string>>
/** Reads all variables of a function, or those that all share. */
export type VariableReader = (rowId: number, functionId: string) => Variables

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly secrets: SecretBox
  /** Told of every change. */
  readonly changes: ChangeFeed
  readonly readVariables: VariableReader
  readonly history: EnvHistory
  readonly revisions: Revisions
}
/** What one variable becomes; without a value it is removed. */
interface VariableChange {
  readonly name: string
  readonly value: string | undefined
}

export function createVariableReader(db: Database, secrets: SecretBox): VariableReader {
  const all = db.prepare<[number], { name: string; value: Buffer | string }>(
    'select name, value from env where function = ? order by name'
  )
  return (rowId, functionId) =>
    Object.fromEntries(
      all.all(rowId).map(({ name, value }) => [name, secrets.open(value, functionId, name)])
    )
}

export class SqliteEnvStore implements EnvStore {
  readonly shared: SharedEnvStore
  private readonly sql: ReturnType<typeof prepareStatements>
  /** Names of shared variables, once they were asked for: functions cost no more where there are none. */
  private sharedNames: ReadonlySet<string> | undefined

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
    this.shared = this.createShared()
    parts.changes.onChange(functionId => {
      if (functionId === SHARED_ENV.functionId) this.sharedNames = undefined
    })
  }

  get(functionId: string, name: string): Promise<string | undefined> {
    return this.read(functionId, owner => {
      const own = this.readOne(owner, name)
      return own ?? (this.readSharedNames().has(name) ? this.readOne(SHARED_ENV, name) : undefined)
    })
  }

  async all(functionId: string): Promise<Record<string, string>> {
    const variables = await this.read(functionId, owner => this.readAll(owner))
    return { ...variables }
  }

  set(functionId: string, name: string, value: string, most = Infinity): Promise<boolean> {
    return this.changeOne(functionId, { name, value }, most)
  }

  async delete(functionId: string, name: string): Promise<void> {
    await this.changeOne(functionId, { name, value: undefined }, Infinity)
  }

  replace(functionId: string, wanted: Variables, mayChange?: MayChange): Promise<string> {
    return this.parts.batch.transaction(() =>
      this.replaceAll(this.requireOwner(functionId), wanted, mayChange)
    )
  }

  async history(functionId: string, page: Page): Promise<Paged<VariablesEntry>> {
    const { history } = this.parts
    const found = await this.read(functionId, owner =>
      history.list(owner, page, this.readAll(owner))
    )
    return found ?? { rows: [], total: 0 }
  }

  former(functionId: string, entryId: number): Promise<Variables | undefined> {
    return this.read(functionId, owner => this.parts.history.find(owner, entryId))
  }

  forgetHistory(functionId: string): Promise<number> {
    const { batch, history } = this.parts
    return batch.write(() => history.clear(this.requireOwner(functionId).rowId))
  }

  expireHistory(now: number, limit: number): Promise<number> {
    const { batch, history } = this.parts
    return batch.slice(() => history.expire(now, limit))
  }

  private createShared(): SharedEnvStore {
    const { batch, history, revisions } = this.parts
    return {
      names: () => batch.read(() => [...this.readSharedNames()]),
      snapshot: () =>
        batch.read(() => ({
          variables: this.readAll(SHARED_ENV),
          revision: revisions.of(SHARED_ENV.rowId)
        })),
      replace: (wanted, mayChange) =>
        batch.transaction(() => this.replaceAll(SHARED_ENV, wanted, mayChange)),
      history: page => batch.read(() => history.list(SHARED_ENV, page, this.readAll(SHARED_ENV))),
      former: entryId => batch.read(() => history.find(SHARED_ENV, entryId)),
      forgetHistory: () => batch.write(() => history.clear(SHARED_ENV.rowId))
    }
  }

  private replaceAll(owner: EnvOwner, wanted: Variables, mayChange?: MayChange): string {
    const { revisions, history } = this.parts
    revisions.check(owner.rowId, mayChange)
    const before = this.readBefore(owner)
    if (before !== undefined && !isSameVariables(before, wanted)) history.add(owner, before, 'user')
    this.sql.clear.run(owner.rowId)
    for (const [name, value] of Object.entries(wanted)) this.put(owner, name, value)
    this.noteChange(owner)
    return revisions.of(owner.rowId)
  }

  /** A change of one variable, as functions make them. */
  private changeOne(functionId: string, change: VariableChange, most: number): Promise<boolean> {
    return this.parts.batch.transaction(() => {
      const owner = this.requireOwner(functionId)
      if (this.isTooMany(owner, change, most)) return false
      if (this.parts.history.needsEntry(owner.rowId)) this.keepBefore(owner, change)
      if (change.value === undefined) this.sql.remove.run(owner.rowId, change.name)
      else this.put(owner, change.name, change.value)
      this.noteChange(owner)
      return true
    })
  }

  private isTooMany({ rowId }: EnvOwner, { name, value }: VariableChange, most: number): boolean {
    if (value === undefined || most === Infinity) return false
    return this.sql.get.get(rowId, name) === undefined && (this.sql.count.get(rowId) ?? 0) >= most
  }

  private keepBefore(owner: EnvOwner, { name, value }: VariableChange): void {
    const before = this.readBefore(owner)
    if (before === undefined) return
    const valueBefore = Object.hasOwn(before, name) ? before[name] : undefined
    if (valueBefore !== value) this.parts.history.add(owner, before, 'function')
  }

  /** Undefined: the values cannot be opened with this key. Writing others is the way out, and must stay possible. */
  private readBefore(owner: EnvOwner): Variables | undefined {
    try {
      return this.readAll(owner)
    } catch (error) {
      if (error instanceof MoonletError) return undefined
      throw error
    }
  }

  private readOne({ rowId, functionId }: EnvOwner, name: string): string | undefined {
    const value = this.sql.get.get(rowId, name)
    return value === undefined ? undefined : this.parts.secrets.open(value, functionId, name)
  }

  private readSharedNames(): ReadonlySet<string> {
    this.sharedNames ??= new Set(this.sql.names.all(SHARED_ENV.rowId))
    return this.sharedNames
  }

  private readAll({ rowId, functionId }: EnvOwner): Variables {
    return this.parts.readVariables(rowId, functionId)
  }

  private put({ rowId, functionId }: EnvOwner, name: string, value: string): void {
    this.sql.put.run(rowId, name, this.parts.secrets.seal(value, functionId, name))
  }

  private noteChange({ rowId, functionId }: EnvOwner): void {
    this.parts.revisions.count(rowId)
    this.parts.changes.changed(functionId)
  }

  /** Undefined for a function that does not exist. */
  private read<T>(functionId: string, query: (owner: EnvOwner) => T): Promise<T | undefined> {
    return this.parts.batch.read(() => {
      const rowId = this.parts.rowIds.find(functionId)
      return rowId === undefined ? undefined : query({ rowId, functionId })
    })
  }

  private requireOwner(functionId: string): EnvOwner {
    return { rowId: requireRowId(this.parts.rowIds, functionId), functionId }
  }
}

function prepareStatements(db: Database) {
  return {
    get: db
      .prepare<[number, string], Buffer | string>(
        'select value from env where function = ? and name = ?'
      )
      .pluck(),
    names: db
      .prepare<[number], string>('select name from env where function = ? order by name')
      .pluck(),
    count: db.prepare<[number], number>('select count(*) from env where function = ?').pluck(),
    put: db.prepare<[number, string, Uint8Array]>(
      `insert into env (function, name, value) values (?, ?, ?)
       on conflict do update set value = excluded.value`
    ),
    remove: db.prepare<[number, string]>('delete from env where function = ? and name = ?'),
    clear: db.prepare<[number]>('delete from env where function = ?')
  }
}
