/** VersionStore on SQLite. */
import type { Database } from 'better-sqlite3'
import type { VersionStore } from '../../../core/contracts/functions.js'
import type { Batch } from '../db/batch.js'
import type { ChangeFeed } from '../db/change-feed.js'
import { findVersionNumber } from '../executions/rows.js'
import type { ExecutionWriter } from '../executions/writer.js'
import type { FunctionRowIds } from './function-row-ids.js'
import { toVersion, type VersionRow } from './function-rows.js'
import type { Purges } from '../executions/purges.js'
import type { Revisions } from './revisions.js'

interface Parts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly purges: Purges
  readonly writer: ExecutionWriter
  readonly changes: ChangeFeed
  readonly revisions: Revisions
}

const select =
  'select v.version, v.code, v.created_at as createdAt, v.version is f.active_version as isActive from versions v join functions f on f.seq = v.function'

export function createVersionStore({
  db,
  batch,
  rowIds,
  purges,
  writer,
  changes,
  revisions
}: Parts): VersionStore {
  const list = db.prepare<[number, number, number], VersionRow>(
    `${select} where v.function = ? order by v.version desc limit ? offset ?`
  )
  const count = db
    .prepare<[number], number>('select count(*) from versions where function = ?')
    .pluck()
  const find = db.prepare<[number, number], VersionRow>(
    `${select} where v.function = ? and v.version = ?`
  )
  const activate = db.prepare<[number, number]>(
    'update functions set active_version = ? where seq = ?'
  )
  const remove = db.prepare<[number, number]>(
    'delete from versions where function = ? and version = ?'
  )

  /** A version of this function by its id. */
  function findById(
    functionId: string,
    versionId: string
  ): { key: number; version: number; isActive: boolean } | undefined {
    const key = rowIds.find(functionId)
    const version = findVersionNumber(functionId, versionId)
    const row = key === undefined || version === undefined ? undefined : find.get(key, version)
    return key === undefined || row === undefined
      ? undefined
      : { key, version: row.version, isActive: row.isActive === 1 }
  }

  return {
    list: (functionId, { limit, offset }) =>
      batch.read(() => {
        const key = rowIds.find(functionId)
        if (key === undefined) return { rows: [], total: 0 }
        return {
          rows: list.all(key, limit, offset).map(row => toVersion(functionId, row)),
          total: count.get(key) ?? 0
        }
      }),
    find: (functionId, version) =>
      batch.read(() => {
        const key = rowIds.find(functionId)
        const row = key === undefined ? undefined : find.get(key, version)
        return row === undefined ? undefined : toVersion(functionId, row)
      }),
    activate: (functionId, versionId, mayChange) =>
      batch.transaction(() => {
        const found = findById(functionId, versionId)
        if (found === undefined) return false
        revisions.check(found.key, mayChange)
        activate.run(found.version, found.key)
        revisions.count(found.key)
        changes.changed(functionId)
        return revisions.of(found.key)
      }),
    async remove(functionId, versionId, mayChange) {
      let removed: { key: number; version: number } | undefined
      try {
        return await batch.transaction(() => {
          const found = findById(functionId, versionId)
          if (found === undefined) return 'missing'
          if (found.isActive) return 'active'
          revisions.check(found.key, mayChange)
          removed = found
          remove.run(found.key, found.version)
          revisions.count(found.key)
          purges.add(found.key, found.version)
          writer.discard(found.key, found.version)
          return 'removed'
        })
      } catch (error) {
        if (removed !== undefined) writer.keep(removed.key, removed.version)
        throw error
      }
    }
  }
}
