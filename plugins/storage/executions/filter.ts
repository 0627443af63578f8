/** The conditions of a filter on `executions e`, as SQL with named parameters. */
import type { ExecutionFilter } from '../../../core/contracts/executions.js'
import { foldCase } from '../db/text-functions.js'
import { toStatusNumber } from './rows.js'

export interface Conditions {
  readonly sql: string
  readonly values: Readonly<Record<string, string | number>>
}

const conditions = {
  status: 'e.status = :status',
  trigger: 'e.trigger = :trigger',
  version: 'e.version = :version',
  jobId: 'e.job_id = :jobId',
  from: 'e.created_at >= :from',
  to: 'e.created_at <= :to',
  errorKind: "(e.status = 2 and e.fault_json ->> '$.kind' = :errorKind)",
  text: `((e.status = 2 and error_contains_text(e.error_message, :text)) or
    exists (select 1 from logs l where l.execution = e.seq and contains_text(l.message, :text)))`
} as const satisfies Record<keyof ExecutionFilter, string>

/** `removed` are versions whose executions readers must not see any more. */
export function toConditions(filter: ExecutionFilter, removed: readonly number[]): Conditions {
  const parts: string[] = []
  const values: Record<string, string | number> = {}
  for (const name of Object.keys(conditions) as (keyof ExecutionFilter)[]) {
    const value = filter[name]
    if (value === undefined || value === '') continue
    parts.push(conditions[name])
    values[name] =
      name === 'status'
        ? toStatusNumber(value as 'pending')
        : name === 'text'
          ? foldCase(String(value))
          : value
  }
  if (removed.length > 0) {
    parts.push('e.version not in (select value from json_each(:removed))')
    values['removed'] = JSON.stringify(removed)
  }
  return { sql: parts.map(part => ` and ${part}`).join(''), values }
}
