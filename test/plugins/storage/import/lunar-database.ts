/** Makes database files as lunar leaves them. */
import Database from 'better-sqlite3'

type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>

const columns: Readonly<Record<string, string>> = {
  functions:
    'id text primary key, name text, description text, created_at integer, updated_at integer, disabled integer, retention_days integer, cron_schedule text, cron_status text, save_response integer, language text',
  function_versions:
    'id text primary key, function_id text, version integer, code text, created_at integer, created_by text, is_active integer, language text',
  executions:
    'id text primary key, function_id text, function_version_id text, status text, duration_ms integer, error_message text, created_at integer, event_json text, trigger text, response_json text',
  kv_store: 'function_id text, key text, value text, primary key (function_id, key)',
  env_vars: 'function_id text, key text, value text, primary key (function_id, key)',
  logs: 'id text primary key, execution_id text, level integer, message text, timestamp integer',
  ai_requests:
    'id text primary key, execution_id text, provider text, model text, endpoint text, request_json text, response_json text, status text, error_message text, input_tokens integer, output_tokens integer, duration_ms integer, created_at integer',
  email_requests:
    'id text primary key, execution_id text, from_address text, to_addresses text, subject text, has_text integer, has_html integer, request_json text, response_json text, status text, error_message text, email_id text, duration_ms integer, created_at integer'
}

/** `without` names columns that an older version did not have, as `table.column`. */
export function writeLunarDatabase(
  file: string,
  tables: Readonly<Record<string, Rows>>,
  without: readonly string[] = []
): void {
  const db = new Database(file)
  db.exec('begin')
  for (const [table, definition] of Object.entries(columns)) {
    const present = definition
      .split(', ')
      .filter(column => !without.includes(`${table}.${column.split(' ')[0]}`))
    db.exec(
      `create table ${table} (${definition.includes('primary key (') ? definition : present.join(', ')})`
    )
    for (const row of tables[table] ?? []) {
      const names = Object.keys(row)
      db.prepare(
        `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`
      ).run(...Object.values(row))
    }
  }
  db.exec('commit')
  db.close()
}

export const ID = 'd4l1ikp2rpqc73a0b1c0'
export const version = (number: number, change: object = {}) => ({
  id: `ver_${ID}_v${number}`,
  function_id: ID,
  version: number,
  code: `-- ${number}`,
  created_at: 1_700_000_000 + number,
  is_active: 0,
  ...change
})
export const fn = (change: object = {}) => ({
  id: ID,
  name: 'hello',
  description: 'says hello',
  created_at: 1_700_000_000,
  updated_at: 1_700_000_100,
  disabled: 0,
  retention_days: 30,
  cron_schedule: '0 * * * *',
  cron_status: 'active',
  save_response: 1,
  ...change
})
export const execution = (id: string, change: object = {}) => ({
  id,
  function_id: ID,
  function_version_id: `ver_${ID}_v2`,
  status: 'success',
  duration_ms: 12,
  created_at: 1_700_000_200,
  event_json: '{"method":"GET"}',
  trigger: 'http',
  ...change
})
