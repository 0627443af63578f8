/** VersionStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type { MayChange, VersionStore } from '../../../core/contracts/functions.js'
import type { RunnableVersion } from '../../../core/contracts/module-set.js'
import type { Page, Paged } from '../../../core/contracts/page.js'
import type { VersionRecord } from '../../../core/contracts/records.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import type { Purges } from '../executions/purges.js'
import type { ExecutionRecords } from '../executions/records.js'
import { findVersionNumber } from '../executions/rows.js'
import { parseNames } from '../modules/module-rows.js'
import type { ModuleGraph } from '../modules/module-graph.js'
import type { FunctionRowIds } from './function-row-ids.js'
import { originColumns, toVersion, type VersionRow } from './function-rows.js'
import type { Revisions } from './revisions.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly purges: Purges
  readonly records: Pick<ExecutionRecords, 'discardVersion' | 'keepVersion'>
  readonly changes: ChangeFeed
  readonly revisions: Revisions
  readonly modules: ModuleGraph
}
interface FoundRow extends VersionRow {
  /** A JSON list of the names that it requires. */
  readonly requires: string | null
}
interface FoundVersion {
  readonly rowId: number
  readonly version: number
  readonly isActive: boolean
}

export class SqliteVersionStore implements VersionStore {
  private readonly sql: ReturnType<typeof prepareStatements>

  constructor(private readonly parts: Parts) {
    this.sql = prepareStatements(parts.db)
  }

  list(functionId: string, { limit, offset }: Page): Promise<Paged<VersionRecord>> {
    return this.parts.batch.read(() => {
      const rowId = this.parts.rowIds.find(functionId)
      if (rowId === undefined) return { rows: [], total: 0 }
      return {
        rows: this.sql.list.all(rowId, limit, offset).map(row => toVersion(functionId, row)),
        total: this.sql.count.get(rowId) ?? 0
      }
    })
  }

  find(functionId: string, version: number): Promise<RunnableVersion | undefined> {
    return this.parts.batch.read(() => {
      const rowId = this.parts.rowIds.find(functionId)
      const row = rowId === undefined ? undefined : this.sql.find.get(rowId, version)
      return row && this.toRunnable(functionId, row)
    })
  }

  activate(functionId: string, versionId: string, mayChange?: MayChange): Promise<string | false> {
    const { batch, revisions, changes } = this.parts
    return batch.transaction(() => {
      const found = this.findById(functionId, versionId)
      if (found === undefined) return false
      revisions.check(found.rowId, mayChange)
      this.sql.activate.run(found.version, found.rowId)
      revisions.count(found.rowId)
      changes.changed(functionId)
      return revisions.of(found.rowId)
    })
  }

  private toRunnable(functionId: string, row: FoundRow): RunnableVersion {
    const version = toVersion(functionId, row)
    const modules = this.parts.modules.resolve(parseNames(row.requires ?? '[]'))
    return modules === undefined ? version : { ...version, modules }
  }

  async remove(
    functionId: string,
    versionId: string,
    mayChange?: MayChange
  ): Promise<'removed' | 'missing' | 'active'> {
    const { batch, records } = this.parts
    let removed: FoundVersion | undefined
    try {
      return await batch.transaction(() => {
        const found = this.findById(functionId, versionId)
        if (found === undefined) return 'missing'
        if (found.isActive) return 'active'
        this.parts.revisions.check(found.rowId, mayChange)
        removed = found
        this.removeNow(found)
        return 'removed'
      })
    } catch (error) {
      if (removed !== undefined) records.keepVersion(removed.rowId, removed.version)
      throw error
    }
  }

  private removeNow({ rowId, version }: FoundVersion): void {
    this.sql.remove.run(rowId, version)
    this.parts.revisions.count(rowId)
    this.parts.purges.add(rowId, version)
    this.parts.records.discardVersion(rowId, version)
  }

  private findById(functionId: string, versionId: string): FoundVersion | undefined {
    const rowId = this.parts.rowIds.find(functionId)
    const version = findVersionNumber(functionId, versionId)
    if (rowId === undefined || version === undefined) return undefined
    const row = this.sql.find.get(rowId, version)
    return row && { rowId, version: row.version, isActive: row.isActive === 1 }
  }
}

function prepareStatements(db: Database) {
  const select = `
    select v.version, v.code, v.created_at as createdAt, v.version is f.active_version as isActive,
      v.requires, ${originColumns}
    from versions v join functions f on f.seq = v.function`
  return {
    list: db.prepare<[number, number, number], VersionRow>(
      `${select} where v.function = ? order by v.version desc limit ? offset ?`
    ),
    count: db.prepare<[number], number>('select count(*) from versions where function = ?').pluck(),
    find: db.prepare<[number, number], FoundRow>(
      `${select} where v.function = ? and v.version = ?`
    ),
    activate: db.prepare<[number, number]>('update functions set active_version = ? where seq = ?'),
    remove: db.prepare<[number, number]>('delete from versions where function = ? and version = ?')
  }
}
