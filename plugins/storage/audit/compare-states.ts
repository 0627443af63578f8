/** What differs between two states of a target. */
import type { AuditChange, AuditState } from '../../../core/contracts/audit.js'

/** Values by name, to compare them; they are never noted. */
export type VariableState = ReadonlyMap<string, string>

export interface FunctionState {
  readonly name: string
  readonly fields: AuditState
  readonly variables: VariableState
}

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

/** What differs; undefined: nothing. */
export function compareFunctionStates(
  before: FunctionState | undefined,
  after: FunctionState | undefined
): AuditChange | undefined {
  const change = compareStates(toState(before), toState(after))
  return noteOtherValues(change, before?.variables, after?.variables)
}

const toState = (state: FunctionState | undefined): AuditState | undefined =>
  state && { ...state.fields, env_vars: listNames(state.variables) }

const listNames = (variables: VariableState): readonly string[] => [...variables.keys()].sort()

/** Adds to a change the names of the variables that have another value now. */
function noteOtherValues(
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
