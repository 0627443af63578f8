/** A shared module as the audit sees it. */
import type { Database } from 'better-sqlite3'
import type { AuditState } from '../../../core/contracts/audit.js'
import { prepareModuleReads } from '../modules/module-statements.js'

interface Row {
  readonly name: string
  readonly description: string | null
  readonly activeVersion: number
}

/** Creates a reader of the present state; undefined: there is no such module. */
export function createModuleStateReader(db: Database): (id: string) => AuditState | undefined {
  const { rowId: rowIdOf, versionCount } = prepareModuleReads(db)
  // Without the code, which is looked at before and after each change.
  const find = db.prepare<[number], Row>(
    'select name, description, active_version as activeVersion from modules where seq = ?'
  )
  return id => {
    const rowId = rowIdOf.get(id)
    const row = rowId === undefined ? undefined : find.get(rowId)
    if (rowId === undefined || row === undefined) return undefined
    return {
      name: row.name,
      description: row.description ?? undefined,
      active_version: row.activeVersion,
      versions: versionCount.get(rowId)
    }
  }
}
