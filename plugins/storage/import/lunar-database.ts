/** Reads the database file of lunar, whichever of its versions wrote it. Nothing is written to it. */
import Database from 'better-sqlite3'
import { closeSync, openSync, readSync } from 'node:fs'
import type { ImportedTable } from '../../../core/contracts/offline-storage.js'
import { hasTables } from '../transfer/integrity.js'
import { openForReading } from '../db/open.js'

/** Its tables and the columns that are read. Columns of later versions may be missing. */
const tables = {
  functions: [
    'id',
    'name',
    'description',
    'created_at',
    'updated_at',
    'disabled',
    'retention_days',
    'cron_schedule',
    'cron_status',
    'save_response',
    'language'
  ],
  function_versions: [
    'id',
    'function_id',
    'version',
    'code',
    'created_at',
    'is_active',
    'language'
  ],
  kv_store: ['function_id', 'key', 'value'],
  env_vars: ['function_id', 'key', 'value'],
  executions: [
    'id',
    'function_id',
    'function_version_id',
    'status',
    'duration_ms',
    'error_message',
    'created_at',
    'event_json',
    'trigger',
    'response_json'
  ],
  logs: ['id', 'execution_id', 'level', 'message', 'timestamp'],
  ai_requests: [
    'id',
    'execution_id',
    'provider',
    'model',
    'endpoint',
    'request_json',
    'response_json',
    'status',
    'error_message',
    'input_tokens',
    'output_tokens',
    'duration_ms',
    'created_at'
  ],
  email_requests: [
    'id',
    'execution_id',
    'from_address',
    'to_addresses',
    'subject',
    'has_text',
    'has_html',
    'request_json',
    'response_json',
    'status',
    'error_message',
    'email_id',
    'duration_ms',
    'created_at'
  ]
} as const satisfies Record<ImportedTable, readonly string[]>

export const lunarTables = Object.keys(tables) as ImportedTable[]

/** A row as SQLite returns it: any column may hold anything. */
export type Row = Readonly<Record<string, unknown>>

export interface LunarDatabase {
  count(table: ImportedTable): number
  /** All rows, in the order of `by`, then of insertion. A missing table has none. */
  rows(table: ImportedTable, by: string): IterableIterator<Row>
  close(): void
}

/** Whether `file` is an SQLite database with lunar's tables. */
export function isLunarDatabase(file: string): boolean {
  if (!isSqlite(file)) return false
  const db = new Database(file, { readonly: true, fileMustExist: true })
  try {
    return hasTables(db, ['functions', 'function_versions'])
  } finally {
    db.close()
  }
}

export function openLunarDatabase(file: string): LunarDatabase {
  const db = openForReading(file)
  const present = (table: ImportedTable) => hasTables(db, [table])
  return {
    count: table =>
      present(table) ? Number(db.prepare(`select count(*) from ${table}`).pluck().get()) : 0,
    *rows(table, by) {
      if (!present(table)) return
      const columns = db
        .prepare<[string], string>('select name from pragma_table_info(?)')
        .pluck()
        .all(table)
      // Keys and values of the store are bytes that need not be UTF-8.
      const wanted = tables[table].map(name =>
        !columns.includes(name)
          ? `null as "${name}"`
          : table === 'kv_store' && name !== 'function_id'
            ? `cast("${name}" as blob) as "${name}"`
            : `"${name}"`
      )
      yield* db
        .prepare<[], Row>(`select ${wanted.join(', ')} from ${table} order by "${by}", rowid`)
        .iterate()
    },
    close() {
      db.close()
    }
  }
}

function isSqlite(file: string): boolean {
  const start = Buffer.alloc(16)
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, start)
  } finally {
    closeSync(descriptor)
  }
  return start.toString('latin1') === 'SQLite format 3\0'
}
