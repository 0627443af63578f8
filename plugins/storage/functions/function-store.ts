/** FunctionStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type { FrontDoor } from '../../../core/contracts/front-door.js'
import type {
  FunctionChange,
  FunctionOrder,
  FunctionPatch,
  FunctionSnapshot,
  FunctionStore,
  FunctionUpsert,
  FunctionWithVersion,
  ListedFunction,
  MayChange,
  NewFunction,
  ScheduledFunction,
  UpsertedFunction
} from '../../../core/contracts/functions.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import { applyFrontDoorChange } from '../../../core/validation/front-door/change.js'
import type { ChangeFeed } from '../db/change-feed.js'
import type { ReadParts } from '../db/long-read.js'
import type { Purges } from '../executions/purges.js'
import type { OwnLimits } from '../quotas/own-limits.js'
import { parseNames } from '../modules/module-rows.js'
import type { ModuleGraph } from '../modules/module-graph.js'
import type { VariableReader } from './env-store.js'
import { checkRoutes, checkSlug } from './claims.js'
import { createFunctionList, type ListFunctions } from './function-list.js'
import type { FunctionRowIds } from './function-row-ids.js'
import {
  formatFrontDoor,
  parseFrontDoor,
  toFunction,
  toFunctionWithVersion,
  toScheduled,
  toStored,
  toVersionColumns,
  type ActiveRow,
  type NewVersion
} from './function-rows.js'
import { prepareFunctionReads, prepareFunctionWrites } from './function-statements.js'
import { toFirstState, toNewRecord } from './new-function.js'
import type { Revisions } from './revisions.js'

interface Parts extends ReadParts {
  readonly db: Database
  readonly rowIds: FunctionRowIds
  readonly purges: Purges
  readonly changes: ChangeFeed
  readonly revisions: Revisions
  readonly readVariables: VariableReader
  readonly ownLimits: OwnLimits
  readonly modules: ModuleGraph
}
const namesOf = ({ requires }: Pick<ActiveRow, 'requires'>): readonly string[] =>
  requires === null ? [] : parseNames(requires)

export class SqliteFunctionStore implements FunctionStore {
  private readonly reads: ReturnType<typeof prepareFunctionReads>
  private readonly writes: ReturnType<typeof prepareFunctionWrites>
  private readonly readList: ListFunctions

  constructor(private readonly parts: Parts) {
    this.reads = prepareFunctionReads(parts.db)
    this.writes = prepareFunctionWrites(parts.db)
    this.readList = createFunctionList(parts)
  }

  create(asked: NewFunction): Promise<FunctionSnapshot> {
    return this.parts.batch.transaction(() => {
      const { id, code, origin, now } = asked
      const version = { version: 1, createdAt: now, code, ...origin }
      this.insert(toNewRecord(asked), [version], { active: 1, last: 1 })
      const created = this.readSnapshot(id)
      if (created === undefined) throw new Error(`the function ${id} cannot be read back`)
      return created
    })
  }

  find(id: string): Promise<FunctionWithVersion | undefined> {
    return this.parts.batch.read(() => this.readFunction(id))
  }

  listAddressed(): Promise<FunctionRecord[]> {
    return this.parts.batch.read(() => this.reads.addressed.all().map(toFunction))
  }

  snapshot(id: string): Promise<FunctionSnapshot | undefined> {
    return this.parts.batch.read(() => this.readSnapshot(id))
  }

  list(
    page: Page,
    text?: string,
    order?: FunctionOrder,
    only?: readonly string[]
  ): Promise<Paged<ListedFunction>> {
    return this.readList(page, text, order, only)
  }

  update(id: string, change: FunctionChange, mayChange?: MayChange): Promise<string | false> {
    const { batch, rowIds, revisions } = this.parts
    return batch.transaction(() => {
      const rowId = rowIds.find(id)
      if (rowId === undefined) return false
      revisions.check(rowId, mayChange)
      const { tell } = this.change(rowId, id, change)
      tell()
      return revisions.of(rowId)
    })
  }

  /** Within a transaction: ids of those that are not in the state that is asked for. */
  conflictsOf(changes: readonly FunctionUpsert[]): string[] {
    const { rowIds, revisions } = this.parts
    return changes
      .filter(({ id, mayChange }) => {
        const rowId = rowIds.find(id)
        return mayChange?.(rowId === undefined ? undefined : revisions.of(rowId)) === false
      })
      .map(({ id }) => id)
  }

  /** Within a transaction. `tell` is to be called once nothing can fail any more. */
  upsertNow(changes: readonly FunctionUpsert[]) {
    const { rowIds, revisions } = this.parts
    const found = changes.map(({ id }) => rowIds.find(id))
    const made = changes.map(({ id, change }, index) => {
      const rowId = found[index]
      return rowId === undefined ? this.createFrom(id, change) : this.change(rowId, id, change)
    })
    const done = made.map(({ rowId, version }, index): UpsertedFunction => ({
      id: changes[index]?.id ?? '',
      isNew: found[index] === undefined,
      revision: revisions.of(rowId),
      version
    }))
    const tell = () => {
      for (const { tell } of made) tell()
    }
    return { done, tell }
  }

  restore(fn: FunctionRecord, versions: readonly VersionRecord[]): Promise<boolean> {
    return this.parts.batch.transaction(() => {
      if (this.parts.rowIds.find(fn.id) !== undefined) return false
      const active = versions.find(({ isActive }) => isActive)?.version ?? null
      const last = versions.reduce((greatest, { version }) => Math.max(greatest, version), 0)
      this.insert(fn, versions, { active, last })
      return true
    })
  }

  remove(id: string, mayChange?: MayChange): Promise<boolean> {
    const { batch, rowIds, revisions, purges, changes, ownLimits } = this.parts
    return batch.transaction(() => {
      const rowId = rowIds.find(id)
      if (rowId === undefined) return false
      revisions.check(rowId, mayChange)
      this.writes.hide.run(`removed ${rowId}`, rowId)
      purges.add(rowId, 0)
      rowIds.forget(id)
      ownLimits.set(rowId, undefined)
      changes.changed(id)
      return true
    })
  }

  listScheduled(): Promise<ScheduledFunction[]> {
    return this.parts.batch.read(() => this.reads.scheduled.all().map(toScheduled))
  }

  onChange(listener: (functionId: string) => void): () => void {
    return this.parts.changes.onChange(listener)
  }

  private readFunction(id: string): FunctionWithVersion | undefined {
    const row = this.reads.find.get(id)
    if (row === undefined) return undefined
    const { fn, active } = toFunctionWithVersion(row)
    const modules = this.parts.modules.resolve(namesOf(row))
    return { fn, active: active && modules ? { ...active, modules } : active }
  }

  private readSnapshot(id: string): FunctionSnapshot | undefined {
    const { rowIds, readVariables, revisions, modules } = this.parts
    const rowId = rowIds.find(id)
    const row = rowId === undefined ? undefined : this.reads.find.get(id)
    if (rowId === undefined || row === undefined) return undefined
    return {
      ...toFunctionWithVersion(row),
      variables: readVariables(rowId, id),
      requires: modules.toRequired(namesOf(row)),
      revision: revisions.of(rowId)
    }
  }

  /** To be told once nothing can fail any more. */
  private change(
    rowId: number,
    id: string,
    { patch, code, activate = true, ...made }: FunctionChange
  ) {
    const { revisions, changes, ownLimits } = this.parts
    this.applyPatch(rowId, patch)
    if (patch.slug !== undefined) this.setSlug(rowId, id, patch.slug)
    const frontDoor = this.changeFrontDoor(rowId, id, patch)
    const version =
      code === undefined ? undefined : this.addVersion(rowId, code, { activate, ...made })
    this.writes.setUpdated.run(made.now, rowId)
    revisions.count(rowId)
    const tell = () => {
      ownLimits.set(rowId, frontDoor)
      changes.changed(id)
    }
    return { rowId, version, tell }
  }

  private createFrom(id: string, change: FunctionChange) {
    const { fn, code } = toFirstState(id, change)
    const version = { version: 1, createdAt: change.now, code, ...change.origin }
    return { ...this.write(fn, [version], { active: 1, last: 1 }), version: 1 }
  }

  private applyPatch(rowId: number, patch: FunctionPatch): void {
    for (const { name, statement } of this.writes.setters) {
      if (name in patch) statement.run(toStored(patch[name]), rowId)
    }
  }

  private setSlug(rowId: number, id: string, slug: string): void {
    if (slug !== '') checkSlug(this.reads.ofSlug.get(slug), slug, id)
    this.writes.setSlug.run(slug === '' ? null : slug, rowId)
  }

  /** Returns what the front door is now. */
  private changeFrontDoor(
    rowId: number,
    id: string,
    { frontDoor: change }: FunctionPatch
  ): FrontDoor | undefined {
    const before = parseFrontDoor(this.reads.frontDoor.get(rowId) ?? null)
    if (change === undefined) return before
    const after = applyFrontDoorChange(before, change)
    if (change.routes) checkRoutes(this.reads.addressed.all(), change.routes, id)
    this.writes.setFrontDoor.run(formatFrontDoor(after), rowId)
    return after
  }

  /** Returns its number. */
  private addVersion(
    rowId: number,
    code: string,
    { activate, origin, now }: Pick<FunctionChange, 'origin' | 'now'> & { activate: boolean }
  ): number {
    const version = this.writes.nextVersion.get(rowId)
    if (version === undefined) throw new Error('the function of a new version is gone')
    this.insertVersion(rowId, { version, createdAt: now, code, ...origin })
    if (activate) this.writes.activateLast.run(rowId)
    return version
  }

  private insertVersion(rowId: number, made: NewVersion): void {
    this.writes.insertVersion.run({ rowId, ...toVersionColumns(made) })
  }

  private insert(...parts: Parameters<SqliteFunctionStore['write']>): void {
    this.write(...parts).tell()
  }

  private write(
    fn: FunctionRecord,
    versions: readonly NewVersion[],
    { active, last }: { active: number | null; last: number }
  ) {
    if (fn.slug !== undefined) checkSlug(this.reads.ofSlug.get(fn.slug), fn.slug, fn.id)
    const { frontDoor, ...plain } = fn
    if (frontDoor?.routes !== undefined) {
      checkRoutes(this.reads.addressed.all(), frontDoor.routes, fn.id)
    }
    const fields = Object.entries(plain).map(([name, value]) => [name, toStored(value)] as const)
    const { lastInsertRowid } = this.writes.insert.run({
      ...Object.fromEntries(fields),
      frontDoor: formatFrontDoor(frontDoor),
      activeVersion: active,
      lastVersion: last
    })
    const rowId = Number(lastInsertRowid)
    for (const version of versions) this.insertVersion(rowId, version)
    const tell = () => {
      this.parts.ownLimits.set(rowId, frontDoor)
      this.parts.changes.changed(fn.id)
    }
    return { rowId, tell }
  }
}
