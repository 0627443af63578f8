/** What the audit says of a target that was looked at before a change and after it; nothing when it is the same. */
import type { AuditChange, AuditState, AuditTarget } from '../../../core/contracts/audit.js'
import { toValueTarget } from './audit-rows.js'
import {
  compareFunctionStates,
  compareStates,
  compareVariables,
  type FunctionState,
  type VariableState
} from './compare-states.js'

export interface AuditEntry extends AuditChange {
  readonly target: AuditTarget
}

export interface ValueSubject {
  readonly functionId: string
  readonly key: Uint8Array
}

export function toFunctionEntries(
  id: string,
  before: FunctionState | undefined,
  after: FunctionState | undefined
): AuditEntry[] {
  const change = compareFunctionStates(before, after)
  if (change === undefined) return []
  const name = (after ?? before)?.name
  return [{ target: { kind: 'function', id, name, functionId: id }, ...change }]
}

export function toModuleEntries(
  id: string,
  before: AuditState | undefined,
  after: AuditState | undefined
): AuditEntry[] {
  const change = compareStates(before, after)
  if (change === undefined) return []
  const { name } = (after ?? before) as { readonly name: string }
  return [{ target: { kind: 'module', id, name }, ...change }]
}

export function toValueEntries(
  { functionId, key }: ValueSubject,
  before: AuditState | undefined,
  after: AuditState | undefined
): AuditEntry[] {
  // Another value of the same length is a change too.
  const change = compareStates(before, after) ?? { before, after: before }
  return [{ target: toValueTarget(functionId, key), ...change }]
}

export function toSharedEntries(before: VariableState, after: VariableState): AuditEntry[] {
  const change = compareVariables(before, after)
  return change === undefined ? [] : [{ target: { kind: 'shared_variables' }, ...change }]
}
