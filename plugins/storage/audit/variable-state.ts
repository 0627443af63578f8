/** Variables as the audit sees them: their names, and which have another value; never the values. */
import type { Database } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'
import type { EnvOwner } from '../functions/env-history.js'
import type { VariableReader } from '../functions/env-store.js'
import type { VariableState } from './compare-states.js'

interface Parts {
  readonly db: Database
  readonly readVariables: VariableReader
}

/** Creates a reader of the present state. Values that cannot be opened with this key are as good as none. */
export function createVariableStateReader({
  db,
  readVariables
}: Parts): (owner: EnvOwner) => VariableState {
  const names = db.prepare<[number], string>('select name from env where function = ?').pluck()
  return ({ rowId, functionId }) => {
    try {
      return new Map(Object.entries(readVariables(rowId, functionId)))
    } catch (error) {
      if (!(error instanceof MoonletError)) throw error
      return new Map(names.all(rowId).map(name => [name, '']))
    }
  }
}
