/**
 * What is moved from SQLite to PostgreSQL: tables have the same names in both, and so have columns, but for those named
 * here. Tables of the one that are not listed have no counterpart in the other.
 */
import { findRequires } from '../../../core/lua-source/requires.js'
import { executionBytesSql } from '../quotas/row-bytes.js'
import type { SecretBox } from '../secrets/secret-box.js'

export type SourceValue = string | number | Buffer | null
export type SourceRow = Record<string, SourceValue>

export interface MovedTable {
  readonly name: string
  /** What its rows are called in `columns` and `join`; `t` if not given. */
  readonly alias?: string
  /** How SQLite gives columns that are not there under the same name. */
  readonly columns?: Readonly<Record<string, string>>
  /** What is read with a row. */
  readonly join?: string
  /** What cannot be worked out in SQL. */
  readonly change?: (row: SourceRow, secrets: SecretBox) => void
  /** The column that counts up in both. */
  readonly counter?: string
  /** A new database has rows in it, which these replace. */
  readonly replaces?: true
}

/** What belongs to an execution refers to its number in SQLite, and to its id in PostgreSQL. */
const belonging = (name: string): MovedTable => ({
  name,
  columns: { execution: 'e.id' },
  join: 'join executions e on e.seq = t.execution'
})

/** In the order in which they are moved. */
export const movedTables: readonly MovedTable[] = [
  {
    name: 'functions',
    columns: {
      kv_bytes: "t.front_door ->> '$.kv_bytes'",
      history_bytes: "t.front_door ->> '$.history_bytes'",
      max_concurrency: "t.front_door ->> '$.max_concurrency'",
      removed: 't.seq in (select function from purges where version = 0)'
    },
    counter: 'seq'
  },
  {
    name: 'versions',
    change(row) {
      row['requires'] ??= JSON.stringify(findRequires(String(row['code'])))
    }
  },
  { name: 'modules', counter: 'seq' },
  { name: 'module_versions' },
  { name: 'purges' },
  {
    name: 'env',
    columns: { owner: "coalesce(f.id, '')" },
    join: 'left join functions f on f.seq = t.function',
    // Before there was encryption, they were stored as text.
    change(row, secrets) {
      const { value, owner, name } = row
      if (typeof value !== 'string') return
      row['value'] = Buffer.from(secrets.seal(value, String(owner), String(name)))
    }
  },
  { name: 'env_history', counter: 'seq' },
  { name: 'shared_env_changes', replaces: true },
  { name: 'access_keys' },
  { name: 'tokens' },
  { name: 'sessions' },
  { name: 'alerts', counter: 'seq' },
  { name: 'alert_messages', counter: 'seq' },
  { name: 'audit', counter: 'id' },
  { name: 'kv' },
  { name: 'jobs', counter: 'seq' },
  { name: 'job_events' },
  { name: 'job_queues' },
  { name: 'job_counts', columns: { stripe: '0' } },
  { name: 'execution_counts', columns: { stripe: '0' } },
  {
    name: 'executions',
    alias: 'e',
    columns: {
      // Of a server that is gone: what is pending ends as interrupted at the next start.
      node: 'null',
      bytes: executionBytesSql,
      fault_kind: "iif(json_valid(e.fault_json), e.fault_json ->> '$.kind', null)"
    }
  },
  belonging('logs'),
  belonging('large_events'),
  belonging('large_responses'),
  belonging('packed_events'),
  belonging('packed_responses'),
  belonging('ai_requests'),
  belonging('email_requests'),
  belonging('http_requests')
]
