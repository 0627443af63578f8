/** A function as the audit sees it: all that people set, of secrets the names alone. */
import type { Database } from 'better-sqlite3'
import { toFunctionSettings } from '../../../core/validation/function-settings.js'
import type { VariableReader } from '../functions/env-store.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import { functionColumns, toFunction, type FunctionRow } from '../functions/function-rows.js'
import { source } from '../functions/function-statements.js'
import type { FunctionState } from './compare-states.js'
import { createVariableStateReader } from './variable-state.js'

interface Parts {
  readonly db: Database
  readonly rowIds: FunctionRowIds
  readonly readVariables: VariableReader
}

/** Creates a reader of the present state; undefined: there is no such function. */
export function createFunctionStateReader({
  db,
  rowIds,
  readVariables
}: Parts): (id: string) => FunctionState | undefined {
  // Without the code, which is looked at before and after each change.
  const find = db.prepare<[number], FunctionRow & { readonly activeVersion: number | null }>(
    `select ${functionColumns}, v.version as activeVersion ${source} where f.seq = ?`
  )
  const versionCount = db
    .prepare<[number], number>('select count(*) from versions where function = ?')
    .pluck()
  const keys = db.prepare<[number], { readonly id: string; readonly name: string }>(
    'select id, name from access_keys where function = ? order by id'
  )
  const readValues = createVariableStateReader({ db, readVariables })

  return id => {
    const rowId = rowIds.find(id)
    const row = rowId === undefined ? undefined : find.get(rowId)
    if (rowId === undefined || row === undefined) return undefined
    const fn = toFunction(row)
    return {
      name: fn.name,
      variables: readValues({ rowId, functionId: id }),
      fields: {
        ...toFunctionSettings(fn),
        active_version: row.activeVersion ?? undefined,
        versions: versionCount.get(rowId),
        keys: keys.all(rowId)
      }
    }
  }
}
