/** A shared module as the audit sees it. */
import type { Database } from 'better-sqlite3'
import type { AuditState } from '../../../core/contracts/audit.js'
import { prepareModuleReads } from '../modules/module-statements.js'

/** Creates a reader of the present state; undefined: there is no such module. */
export function createModuleStateReader(db: Database): (id: string) => AuditState | undefined {
  const { rowId: rowIdOf, find, versionCount } = prepareModuleReads(db)
  return id => {
    const rowId = rowIdOf.get(id)
    const row = rowId === undefined ? undefined : find.get(rowId)
    if (rowId === undefined || row === undefined) return undefined
    return {
      name: row.name,
      description: row.description ?? undefined,
      active_version: row.version,
      versions: versionCount.get(rowId)
    }
  }
}
