/** What differs between two states of a target. */
import type { AuditChange, AuditState } from '../../../core/contracts/audit.js'

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
