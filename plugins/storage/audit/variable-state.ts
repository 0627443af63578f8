/** Variables as the audit sees them: their names, and which have another value; never the values. */
import type { Database } from 'better-sqlite3'
import type { AuditChange, AuditState } from '../../../core/contracts/audit.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { EnvOwner } from '../functions/env-history.js'
import type { VariableReader } from '../functions/env-store.js'
import { compareStates } from './compare-states.js'

/** Values by name, to compare them; they are never noted. */
export type VariableState = ReadonlyMap<string, string>

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

export const listNames = (variables: VariableState): readonly string[] =>
  [...variables.keys()].sort()

/** Adds to a change the names of the variables that have another value now. */
export function noteOtherValues(
  change: AuditChange | undefined,
  before: VariableState | undefined,
  after: VariableState | undefined
): AuditChange | undefined {
  const names = [...(after ?? [])]
    .filter(([name, value]) => (before?.get(name) ?? value) !== value)
    .map(([name]) => name)
  if (names.length === 0) return change
  return { before: change?.before ?? {}, after: { ...change?.after, changed_env_vars: names } }
}

/** What differs between two states of one set; undefined: nothing. */
export function compareVariables(
  before: VariableState,
  after: VariableState
): AuditChange | undefined {
  const toState = (variables: VariableState): AuditState => ({ env_vars: listNames(variables) })
  return noteOtherValues(compareStates(toState(before), toState(after)), before, after)
}
