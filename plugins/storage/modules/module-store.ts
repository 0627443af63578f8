/** ModuleStore on SQLite. */
import type { Database } from 'better-sqlite3'
import { createHash } from 'node:crypto'
import type { MayChange } from '../../../core/contracts/functions.js'
import type { ModuleSet } from '../../../core/contracts/module-set.js'
import type {
  ModuleChange,
  ModuleOrder,
  ModuleSnapshot,
  ModuleStore,
  ModuleUpsert,
  ModuleVersionRecord,
  NewModule,
  Requirer,
  UpsertedModule
} from '../../../core/contracts/modules.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import { findRequires } from '../../../core/lua-source/requires.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import { changedMeanwhile } from '../functions/refusals.js'
import { ModuleGraph } from './module-graph.js'
import { createModuleList, type ListModules } from './module-list.js'
import {
  parseExports,
  parseNames,
  toActiveVersion,
  toModule,
  toModuleVersion,
  type ActiveModuleRow
} from './module-rows.js'
import { prepareModuleReads } from './module-statements.js'
import { ModuleWriter } from './module-writer.js'
import { toNewModule } from './new-module.js'
import { readUnreadVersions } from './unread-versions.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  /** Of functions. */
  readonly changes: ChangeFeed
}
interface Options {
  readonly force?: boolean
  readonly mayChange?: MayChange | undefined
}

export class SqliteModuleStore implements ModuleStore {
  private readonly reads: ReturnType<typeof prepareModuleReads>
  private readonly writer: ModuleWriter
  private readonly readList: ListModules
  readonly graph: ModuleGraph

  constructor(private readonly parts: Parts) {
    this.reads = prepareModuleReads(parts.db)
    readUnreadVersions(parts.db)
    this.graph = new ModuleGraph(parts)
    this.writer = new ModuleWriter(parts.db, this.graph)
    this.readList = createModuleList(parts.db)
  }

  create(asked: NewModule): Promise<ModuleSnapshot> {
    return this.parts.batch.transaction(() => {
      const rowId = this.writer.insert(asked)
      this.graph.changed([asked.name])
      return this.toSnapshot(this.row(rowId))
    })
  }

  snapshot(id: string): Promise<ModuleSnapshot | undefined> {
    return this.parts.batch.read(() => {
      const rowId = this.reads.rowId.get(id)
      return rowId === undefined ? undefined : this.toSnapshot(this.row(rowId))
    })
  }

  list(page: Page, search?: string, order?: ModuleOrder): Promise<Paged<ModuleSnapshot>> {
    return this.parts.batch.read(() => {
      const { rows, total } = this.readList(page, search, order)
      const requirersOf = this.graph.readRequirers()
      return { rows: rows.map(row => this.toSnapshot(row, requirersOf)), total }
    })
  }

  update(
    id: string,
    change: ModuleChange,
    { force = false, mayChange }: Options = {}
  ): Promise<string | false> {
    return this.parts.batch.transaction(() => {
      const rowId = this.reads.rowId.get(id)
      if (rowId === undefined) return false
      this.check(rowId, mayChange)
      const { names } = this.writer.change(rowId, change)
      if (!force) this.writer.refuseMissing(names)
      this.graph.changed(names)
      return this.revisionOf(rowId)
    })
  }

  remove(id: string, { force = false, mayChange }: Options = {}): Promise<boolean> {
    return this.parts.batch.transaction(() => {
      const rowId = this.reads.rowId.get(id)
      if (rowId === undefined) return false
      this.check(rowId, mayChange)
      const name = this.writer.remove(rowId)
      if (!force) this.writer.refuseMissing([name])
      this.graph.changed([name])
      return true
    })
  }

  listVersions(id: string, { limit, offset }: Page): Promise<Paged<ModuleVersionRecord>> {
    return this.parts.batch.read(() => {
      const rowId = this.reads.rowId.get(id)
      if (rowId === undefined) return { rows: [], total: 0 }
      return {
        rows: this.reads.versions.all(rowId, limit, offset).map(row => toModuleVersion(id, row)),
        total: this.reads.versionCount.get(rowId) ?? 0
      }
    })
  }

  findVersion(id: string, version: number): Promise<ModuleVersionRecord | undefined> {
    return this.parts.batch.read(() => {
      const rowId = this.reads.rowId.get(id)
      const row = rowId === undefined ? undefined : this.reads.version.get(rowId, version)
      return row && toModuleVersion(id, row)
    })
  }

  activate(id: string, version: number, mayChange?: MayChange): Promise<string | false> {
    return this.parts.batch.transaction(() => {
      const rowId = this.reads.rowId.get(id)
      if (rowId === undefined) return false
      if (this.reads.version.get(rowId, version) === undefined) return false
      this.check(rowId, mayChange)
      this.writer.activate(rowId, version)
      this.graph.changed([this.writer.nameOf(rowId)])
      return this.revisionOf(rowId)
    })
  }

  removeVersion(
    id: string,
    version: number,
    mayChange?: MayChange
  ): Promise<'removed' | 'missing' | 'active'> {
    return this.parts.batch.transaction(() => {
      const rowId = this.reads.rowId.get(id)
      const row = rowId === undefined ? undefined : this.reads.version.get(rowId, version)
      if (rowId === undefined || row === undefined) return 'missing'
      if (row.isActive === 1) return 'active'
      this.check(rowId, mayChange)
      this.writer.removeVersion(rowId, version)
      return 'removed'
    })
  }

  resolve(code: string, drafts?: ReadonlyMap<string, string>): Promise<ModuleSet | undefined> {
    return this.parts.batch.read(() => this.graph.resolve(findRequires(code), drafts))
  }

  /** Within a transaction: ids of those that are not in the state that is asked for. */
  conflictsOf(changes: readonly ModuleUpsert[]): string[] {
    return changes
      .filter(({ id, mayChange }) => {
        const rowId = this.reads.rowId.get(id)
        return mayChange?.(rowId === undefined ? undefined : this.revisionOf(rowId)) === false
      })
      .map(({ id }) => id)
  }

  /**
   * Within a transaction. A module that is not there is created; names may change places. The caller tells the graph of
   * `names` once nothing can fail any more.
   */
  upsertNow(changes: readonly ModuleUpsert[]) {
    const found = changes.map(({ id }) => this.reads.rowId.get(id))
    const before = changes.map(({ change }, index) => {
      const rowId = found[index]
      if (rowId === undefined) return undefined
      return change.patch.name === undefined
        ? this.writer.nameOf(rowId)
        : this.writer.setAside(rowId)
    })
    const made = changes.map(({ id, change }, index) => {
      const rowId = found[index]
      return rowId === undefined
        ? this.createFrom(id, change)
        : { rowId, ...this.writer.change(rowId, change, before[index]) }
    })
    const names = [...new Set(made.flatMap(({ names }) => names))]
    this.writer.refuseMissing(names)
    const done = made.map(({ rowId, version }, index): UpsertedModule => ({
      id: changes[index]?.id ?? '',
      isNew: found[index] === undefined,
      revision: this.revisionOf(rowId),
      version
    }))
    return { done, names }
  }

  private createFrom(id: string, change: ModuleChange) {
    const module = toNewModule(id, change)
    const rowId = this.writer.insert(module)
    return { rowId, names: [module.name], version: 1 }
  }

  private row(rowId: number): ActiveModuleRow {
    const row = this.reads.find.get(rowId)
    if (row === undefined) throw new Error(`the module ${rowId} cannot be read`)
    return row
  }

  private toSnapshot(
    row: ActiveModuleRow,
    requirersOf: (name: string) => Requirer[] = this.graph.readRequirers()
  ): ModuleSnapshot {
    return {
      module: toModule(row),
      active: toActiveVersion(row),
      exports: parseExports(row.exports),
      requires: this.graph.toRequired(parseNames(row.requires)),
      requiredBy: requirersOf(row.name),
      revision: this.revisionOf(row.rowId)
    }
  }

  private revisionOf(rowId: number): string {
    return createHash('sha256')
      .update(JSON.stringify(this.reads.state.get(rowId)))
      .digest('base64url')
      .slice(0, 22)
  }

  private check(rowId: number, mayChange: MayChange | undefined): void {
    if (mayChange !== undefined && !mayChange(this.revisionOf(rowId))) throw changedMeanwhile()
  }
}
