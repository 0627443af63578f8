/** The PostgreSQL database that rows are moved to, in one transaction. */
import type { DatabaseAddress } from '../../../config/database-url.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { Connection } from '../postgres/db/connection.js'
import { Connections } from '../postgres/db/connections.js'
import type { Statement } from '../postgres/db/statement.js'
import {
  blobs,
  integers,
  texts,
  type ArrayValue,
  type SqlRow,
  type SqlValue
} from '../postgres/db/values.js'
import { createFingerprint, keepFingerprint } from '../postgres/fingerprints.js'
import { refusePooledTransactions } from '../postgres/pooler.js'
import { checkSchema, prepareSchema } from '../postgres/schema.js'
import { movedTables, type MovedTable, type SourceRow } from './tables.js'

/** Of one statement: a batch of rows, or the sums of a table of a hundred gigabytes. */
const STATEMENT_TIMEOUT_MS = 3_600_000
/** Whoever has a table longer than this is not about to end. */
const LOCK_TIMEOUT_MS = 2_000

const kinds = {
  bigint: 'integer',
  integer: 'integer',
  smallint: 'integer',
  text: 'text',
  bytea: 'bytes',
  boolean: 'boolean'
} as const
type Kind = (typeof kinds)[keyof typeof kinds]

/** The columns of a table, in their order. */
export type Columns = ReadonlyMap<string, Kind>

export interface Target {
  readonly columns: (table: MovedTable) => Columns
  /** Of the tables that are to be filled, those that are not empty. */
  notEmpty(): Promise<string[]>
  /** Whether a server works on it. */
  hasServers(): Promise<boolean>
  /** Begins the transaction; nobody else begins one like it, and no server starts meanwhile. */
  begin(secretKey: Uint8Array): Promise<void>
  /** Removes what a new database has in it. */
  clear(table: MovedTable): Promise<void>
  insert(table: MovedTable, rows: readonly SourceRow[]): Promise<void>
  /** Rows in the order in which they were inserted, so many at a time as `sizes` say. */
  read(table: MovedTable, sizes: readonly number[]): AsyncGenerator<readonly SqlRow[]>
  /** The next row gets a greater number. */
  setCounter(table: MovedTable, last: number): Promise<void>
  /** Works out what follows from the rows, and makes everything durable. */
  commit(): Promise<void>
  /** Without `commit`, it is as it was. */
  close(): Promise<void>
}

/** Connects; without a schema there are no tables, unless it `makesSchema`. Rejects with what PostgreSQL says. */
export async function openTarget(
  address: DatabaseAddress,
  waitMs: number,
  makesSchema: boolean
): Promise<Target> {
  const connections = new Connections({
    address,
    max: 1,
    waitMs,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS
  })
  const connection = await connections.acquire(undefined, true)
  try {
    await refusePooledTransactions(connection, () => connections.openOwn())
    await connection.script('set idle_in_transaction_session_timeout = 0')
    await connection.script(`set lock_timeout = ${LOCK_TIMEOUT_MS}`)
    // So that a table is read in the order in which it was written.
    await connection.script('set synchronize_seqscans = off')
    await (makesSchema ? prepareSchema : checkSchema)(connection)
    return createTarget(connection, await readColumns(connection))
  } catch (error) {
    await connection.close()
    throw error
  }
}

async function readColumns(connection: Connection): Promise<Map<string, Map<string, Kind>>> {
  const [found] = await connection.run([
    {
      sql: `select table_name as "table", column_name as "column", data_type as "type" from information_schema.columns
        where table_schema = current_schema() order by table_name, ordinal_position`,
      values: []
    }
  ])
  const tables = new Map<string, Map<string, Kind>>()
  for (const { table, column, type } of (found?.rows ?? []) as unknown as Record<
    string,
    string
  >[]) {
    const kind = kinds[type as keyof typeof kinds]
    if (table === undefined || column === undefined || kind === undefined) continue
    const columns = tables.get(table) ?? new Map<string, Kind>()
    tables.set(table, columns.set(column, kind))
  }
  return tables
}

function createTarget(
  connection: Connection,
  tables: ReadonlyMap<string, ReadonlyMap<string, Kind>>
): Target {
  const columns = ({ name }: MovedTable): Columns => tables.get(name) ?? new Map<string, Kind>()
  const run = async (sql: string, ...values: SqlValue[]): Promise<SqlRow[]> => {
    const [result] = await connection.run([{ sql, values }])
    return result?.rows ?? []
  }
  return {
    columns,
    async notEmpty() {
      const found = await connection.run(
        movedTables
          .filter(({ name, replaces }) => tables.has(name) && replaces !== true)
          .map(({ name }) => ({
            sql: `select '${name}' as name where exists (select 1 from ${name})`,
            values: []
          }))
      )
      return found.flatMap(({ rows }) => rows.map(({ name }) => String(name)))
    },
    async hasServers() {
      if (!tables.has('nodes')) return false
      const [row] = await run(
        'select count(*) as count from nodes where lease_until > extract(epoch from clock_timestamp()) * 1000'
      )
      return Number(row?.['count']) > 0
    },
    begin: secretKey => begin(connection, secretKey),
    async clear({ name }) {
      await run(`delete from ${name}`)
    },
    async insert(table, rows) {
      await connection.run([toInsert(table, columns(table), rows)])
    },
    async *read(table, sizes) {
      const names = [...columns(table).keys()].map(quote).join(', ')
      // A name of its own: what a prepared FETCH returns is asked for once.
      const cursor = `moved_${table.name}`
      await run(`declare ${cursor} no scroll cursor for select ${names} from ${table.name}`)
      for (const size of sizes) yield await run(`fetch forward ${size} from ${cursor}`)
      // Whether there is one that nobody inserted.
      yield await run(`fetch forward 1 from ${cursor}`)
      await run(`close ${cursor}`)
    },
    async setCounter({ name, counter }, last) {
      if (counter === undefined || last === 0) return
      await run(`select setval(pg_get_serial_sequence('${name}', '${counter}'), $1::int8)`, last)
    },
    commit: () => commit(connection),
    close: () => connection.close()
  }
}

async function begin(connection: Connection, secretKey: Uint8Array): Promise<void> {
  await connection.script('begin')
  await connection.script('lock table functions, nodes in access exclusive mode')
  await connection.script('set lock_timeout = 0')
  const hash = createFingerprint(secretKey, 'SECRET_KEY', 'moonlet')
  const [, kept] = await connection.run(keepFingerprint('SECRET_KEY', hash))
  const stored = kept?.rows[0]?.['hash']
  if (stored instanceof Uint8Array && hash.equals(stored)) return
  throw new MoonletError(
    'SETTINGS_INVALID',
    'Servers have run on that database with another SECRET_KEY than the one here. Name a new database.'
  )
}

/** One array for each column. */
function toInsert({ name }: MovedTable, columns: Columns, rows: readonly SourceRow[]): Statement {
  const names = [...columns.keys()]
  const kindsOf = [...columns.values()]
  return {
    sql: `insert into ${name} (${names.map(quote).join(', ')}) overriding system value
      select ${kindsOf.map((kind, i) => (kind === 'boolean' ? `c${i} <> 0` : `c${i}`)).join(', ')}
      from unnest(${kindsOf.map((kind, i) => `$${i + 1}::${arrays[kind].type}[]`).join(', ')})
        as d (${kindsOf.map((_, i) => `c${i}`).join(', ')})`,
    values: names.map((column, i) =>
      arrays[kindsOf[i] ?? 'text'].pack(rows.map(row => row[column] ?? null))
    )
  }
}

type Values = readonly SourceRow[string][]

const arrays: Readonly<Record<Kind, { readonly type: string; pack(values: Values): ArrayValue }>> =
  {
    integer: { type: 'int8', pack: values => integers(values as (number | null)[]) },
    boolean: { type: 'int8', pack: values => integers(values as (number | null)[]) },
    text: { type: 'text', pack: values => texts(values as (string | null)[]) },
    bytes: { type: 'bytea', pack: values => blobs(values as (Buffer | null)[]) }
  }

const quote = (name: string): string => `"${name}"`

/** The sums by which quotas are kept; -1 stands for all functions together. */
const storedBytes = `
insert into stored_bytes (function, stripe, history, kv)
select coalesce(function, -1), 0, sum(history)::int8, sum(kv)::int8 from (
  select function, sum(bytes) as history, 0 as kv from executions group by function
  union all
  select function, 0, sum(octet_length(key) + octet_length(value) + 40) from kv group by function
) as kept (function, history, kv) group by grouping sets ((function), ()) having sum(history) is not null`

async function commit(connection: Connection): Promise<void> {
  await connection.script(storedBytes)
  await connection.script('commit')
  // The first plans know how much there is.
  await connection.script('analyze')
}
