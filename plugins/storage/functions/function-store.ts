/** FunctionStore on SQLite. */
import type { Database } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import type { FrontDoor, Route } from '../../../core/contracts/front-door.js'
import type {
  FunctionOrder,
  FunctionPatch,
  FunctionSnapshot,
  FunctionStore,
  FunctionWithVersion,
  MayChange,
  NewFunction,
  ScheduledFunction
} from '../../../core/contracts/functions.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { FunctionRecord, VersionRecord } from '../../../core/contracts/records.js'
import { checkRouteConflict } from '../../../core/validation/front-door/route-conflict.js'
import { applyFrontDoorChange } from '../../../core/validation/front-door/change.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import type { Purges } from '../executions/purges.js'
import type { OwnLimits } from '../quotas/own-limits.js'
import type { VariableReader } from './env-store.js'
import { createFunctionList, type ListFunctions } from './function-list.js'
import type { FunctionRowIds } from './function-row-ids.js'
import {
  formatFrontDoor,
  parseFrontDoor,
  toFunction,
  toFunctionWithVersion,
  toScheduled,
  toStored
} from './function-rows.js'
import { prepareFunctionReads, prepareFunctionWrites } from './function-statements.js'
import type { Revisions } from './revisions.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly purges: Purges
  readonly changes: ChangeFeed
  readonly revisions: Revisions
  readonly readVariables: VariableReader
  readonly ownLimits: OwnLimits
}
type Change = Parameters<FunctionStore['update']>[1]
type StoredVersion = Pick<VersionRecord, 'version' | 'createdAt' | 'code'>

export class SqliteFunctionStore implements FunctionStore {
  private readonly reads: ReturnType<typeof prepareFunctionReads>
  private readonly writes: ReturnType<typeof prepareFunctionWrites>
  private readonly readList: ListFunctions

  constructor(private readonly parts: Parts) {
    this.reads = prepareFunctionReads(parts.db)
    this.writes = prepareFunctionWrites(parts.db)
    this.readList = createFunctionList(parts.db)
  }

  create({
    id,
    name,
    description,
    code,
    slug,
    frontDoor,
    now
  }: NewFunction): Promise<FunctionSnapshot> {
    return this.parts.batch.transaction(() => {
      const fn: FunctionRecord = {
        ...defaults,
        id,
        name,
        description,
        slug,
        frontDoor,
        createdAt: now,
        updatedAt: now
      }
      this.insert(fn, [{ version: 1, createdAt: now, code }], { active: 1, last: 1 })
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

  list(page: Page, text?: string, order?: FunctionOrder): Promise<Paged<FunctionWithVersion>> {
    return this.parts.batch.read(() => this.readList(page, text, order))
  }

  update(
    id: string,
    { patch, code, activate = true, now }: Change,
    mayChange?: MayChange
  ): Promise<string | false> {
    const { batch, rowIds, revisions, changes, ownLimits } = this.parts
    return batch.transaction(() => {
      const rowId = rowIds.find(id)
      if (rowId === undefined) return false
      revisions.check(rowId, mayChange)
      this.applyPatch(rowId, patch)
      if (patch.slug !== undefined) this.setSlug(rowId, id, patch.slug)
      const frontDoor = this.changeFrontDoor(rowId, id, patch)
      if (code !== undefined) this.addVersion(rowId, code, { activate, now })
      this.writes.setUpdated.run(now, rowId)
      revisions.count(rowId)
      ownLimits.set(rowId, frontDoor)
      changes.changed(id)
      return revisions.of(rowId)
    })
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
    return row && toFunctionWithVersion(row)
  }

  private readSnapshot(id: string): FunctionSnapshot | undefined {
    const { rowIds, readVariables, revisions } = this.parts
    const rowId = rowIds.find(id)
    const found = this.readFunction(id)
    if (rowId === undefined || found === undefined) return undefined
    return { ...found, variables: readVariables(rowId, id), revision: revisions.of(rowId) }
  }

  private applyPatch(rowId: number, patch: FunctionPatch): void {
    for (const { name, statement } of this.writes.setters) {
      if (name in patch) statement.run(toStored(patch[name]), rowId)
    }
  }

  private setSlug(rowId: number, id: string, slug: string): void {
    if (slug !== '') this.checkSlug(slug, id)
    this.writes.setSlug.run(slug === '' ? null : slug, rowId)
  }

  /** Throws CONFLICT when another function than this one has the slug. */
  private checkSlug(slug: string, id: string): void {
    const owner = this.reads.ofSlug.get(slug)
    if (owner === undefined || owner.id === id) return
    throw new MoonletError(
      'CONFLICT',
      `slug: "${slug}" is the slug of the function ${JSON.stringify(owner.name)} (${owner.id})`
    )
  }

  /** Throws CONFLICT when another function than this one has one of the patterns. */
  private checkRoutes(routes: readonly Route[], id: string): void {
    checkRouteConflict(
      routes,
      this.reads.addressed.all().flatMap(row => {
        const own = parseFrontDoor(row.frontDoor)?.routes
        return own === undefined || row.id === id
          ? []
          : [{ id: row.id, name: row.name, routes: own }]
      })
    )
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
    if (change.routes) this.checkRoutes(change.routes, id)
    this.writes.setFrontDoor.run(formatFrontDoor(after), rowId)
    return after
  }

  private addVersion(
    rowId: number,
    code: string,
    { activate, now }: { activate: boolean; now: number }
  ): void {
    this.writes.insertVersion.run(rowId, this.writes.nextVersion.get(rowId), now, code)
    if (activate) this.writes.activateLast.run(rowId)
  }

  private insert(
    fn: FunctionRecord,
    versions: readonly StoredVersion[],
    { active, last }: { active: number | null; last: number }
  ): void {
    if (fn.slug !== undefined) this.checkSlug(fn.slug, fn.id)
    const { frontDoor, ...plain } = fn
    if (frontDoor?.routes !== undefined) this.checkRoutes(frontDoor.routes, fn.id)
    const fields = Object.entries(plain).map(([name, value]) => [name, toStored(value)] as const)
    const { lastInsertRowid } = this.writes.insert.run({
      ...Object.fromEntries(fields),
      frontDoor: formatFrontDoor(frontDoor),
      activeVersion: active,
      lastVersion: last
    })
    for (const { version, createdAt, code } of versions) {
      this.writes.insertVersion.run(lastInsertRowid, version, createdAt, code)
    }
    this.parts.ownLimits.set(Number(lastInsertRowid), frontDoor)
    this.parts.changes.changed(fn.id)
  }
}

/** Settings of a new function. */
const defaults = {
  disabled: false,
  retentionDays: undefined,
  cronSchedule: undefined,
  cronStatus: 'paused',
  cronCatchUp: false,
  saveResponse: false,
  allowSameOrigin: false
} as const satisfies Partial<FunctionRecord>
