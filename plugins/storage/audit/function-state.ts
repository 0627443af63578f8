/** A function as the audit sees it: all that people set, of secrets the names alone. */
import type { Database } from 'better-sqlite3'
import type { AuditChange, AuditState } from '../../../core/contracts/audit.js'
import { MoonletError } from '../../../core/base/errors.js'
import { toFunctionSettings } from '../../../core/validation/function-settings.js'
import type { VariableReader } from '../functions/env-store.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import { toFunctionWithVersion } from '../functions/function-rows.js'
import { prepareFunctionReads } from '../functions/function-statements.js'

export interface FunctionState {
  readonly name: string
  readonly fields: AuditState
  /** Values by name, to compare them; they are never noted. */
  readonly variables: ReadonlyMap<string, string>
}

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
  const { find } = prepareFunctionReads(db)
  const versionCount = db
    .prepare<[number], number>('select count(*) from versions where function = ?')
    .pluck()
  const keys = db.prepare<[number], { readonly id: string; readonly name: string }>(
    'select id, name from access_keys where function = ? order by id'
  )
  const names = db.prepare<[number], string>('select name from env where function = ?').pluck()

  /** Values that cannot be opened with this key are as good as none. */
  function readValues(rowId: number, id: string): ReadonlyMap<string, string> {
    try {
      return new Map(Object.entries(readVariables(rowId, id)))
    } catch (error) {
      if (!(error instanceof MoonletError)) throw error
      return new Map(names.all(rowId).map(name => [name, '']))
    }
  }

  return id => {
    const rowId = rowIds.find(id)
    const row = rowId === undefined ? undefined : find.get(id)
    if (rowId === undefined || row === undefined) return undefined
    const { fn, active } = toFunctionWithVersion(row)
    return {
      name: fn.name,
      variables: readValues(rowId, id),
      fields: {
        ...toFunctionSettings(fn),
        active_version: active?.version,
        versions: versionCount.get(rowId),
        keys: keys.all(rowId)
      }
    }
  }
}

/** What differs; undefined: nothing. */
export function compareFunctionStates(
  before: FunctionState | undefined,
  after: FunctionState | undefined
): AuditChange | undefined {
  const change = compareStates(toState(before), toState(after))
  const changed = [...(after?.variables ?? [])].filter(
    ([name, value]) => (before?.variables.get(name) ?? value) !== value
  )
  if (changed.length === 0) return change
  const names = changed.map(([name]) => name)
  return { before: change?.before ?? {}, after: { ...change?.after, changed_env_vars: names } }
}

const toState = (state: FunctionState | undefined): AuditState | undefined =>
  state && { ...state.fields, env_vars: [...state.variables.keys()].sort() }

/** The fields that differ; undefined: none. Of what is new or gone all that is set. */
export function compareStates(
  before: AuditState | undefined,
  after: AuditState | undefined
): AuditChange | undefined {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter(
    name => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name])
  )
  if (names.length === 0 && (before === undefined) === (after === undefined)) return undefined
  const pick = (state: AuditState | undefined): AuditState | undefined =>
    state && Object.fromEntries(names.map(name => [name, state[name]]))
  return { before: pick(before), after: pick(after) }
}
