/** What is encrypted with SECRET_KEY in the database, and how each of it is encrypted anew. */
import { targetContext, targetName } from '../alerts/alert-rows.js'
import { HISTORY_NAME } from '../functions/env-entries.js'
import { contextOf } from '../jobs/job-calls.js'
import type { SecretBox } from '../secrets/secret-box.js'
import type { Connection } from './db/connection.js'
import { blobs, integers, texts, type SqlRow } from './db/values.js'

interface Boxes {
  readonly before: SecretBox
  readonly after: SecretBox
}

interface Sealed {
  readonly table: string
  readonly column: string
  /** The primary key: a number, and where there is one, a text. */
  readonly number: string
  readonly text?: string
  /** Whose it is, in SQL: what `reseal` is given as `owner`. */
  readonly owner: string
  /** What is read with a row, of `t`; rows without it, which nobody can read any more, are left as they are. */
  readonly join: string
  reseal(boxes: Boxes, sealed: Uint8Array, owner: string, text: string): Uint8Array
}

/** Removed functions wait for their purge under another id, with which their values cannot be opened. */
const ofFunctions = `join (select seq, id from functions where not removed union all select 0, '') as f
  on f.seq = t.function`

const reseal = (
  { before, after }: Boxes,
  [sealed, owner, name]: readonly [Uint8Array, string, string]
): Uint8Array => after.seal(before.open(sealed, owner, name), owner, name)

const resealBytes = (
  { before, after }: Boxes,
  [sealed, context, what]: readonly [Uint8Array, string, string]
): Uint8Array => after.sealBytes(before.openBytes(sealed, context, what), context)

/** Variables come first: they are counted. */
export const sealedColumns: readonly Sealed[] = [
  {
    table: 'env',
    column: 'value',
    number: 'function',
    text: 'name',
    owner: 'f.id',
    join: ofFunctions,
    reseal: (boxes, sealed, owner, name) => reseal(boxes, [sealed, owner, name])
  },
  {
    table: 'env_history',
    column: 'sealed',
    number: 'seq',
    owner: 'f.id',
    join: ofFunctions,
    reseal: (boxes, sealed, owner) => reseal(boxes, [sealed, owner, HISTORY_NAME])
  },
  {
    table: 'alerts',
    column: 'target',
    number: 'seq',
    owner: 't.id',
    join: '',
    reseal: (boxes, sealed, id) => resealBytes(boxes, [sealed, targetContext(id), targetName(id)])
  },
  {
    table: 'job_events',
    column: 'sealed',
    number: 'job',
    owner: 'j.id',
    join: 'join jobs j on j.seq = t.job',
    reseal: (boxes, sealed, id) =>
      resealBytes(boxes, [sealed, contextOf(id), `The event of the job ${id}`])
  }
]

/** Rows and bytes that are in memory at once, as far as single rows allow. */
const BATCH_ROWS = 1_000
const BATCH_BYTES = 4 * 1024 ** 2

/** One of them, within a transaction. */
export class SealedColumn {
  private readonly order: string

  constructor(
    private readonly connection: Connection,
    private readonly sealed: Sealed,
    private readonly boxes: Boxes
  ) {
    const { number, text } = sealed
    this.order = [number, text].flatMap(key => (key === undefined ? [] : `t."${key}"`)).join(', ')
  }

  /** Nobody else writes to it until the transaction ends. */
  async lock(): Promise<void> {
    await this.connection.script(`lock table ${this.sealed.table} in share row exclusive mode`)
  }

  async bytes(): Promise<number> {
    const { column } = this.sealed
    const [row] = await this.query(
      `select coalesce(sum(octet_length(t.${column})), 0)::int8 as bytes ${this.from}`
    )
    return Number(row?.['bytes'])
  }

  /** Returns how many rows there are. Throws STORAGE_FAILED when one cannot be decrypted. */
  async rotate(onBytes: (bytes: number) => void): Promise<number> {
    const { table, column, number, text, owner } = this.sealed
    const { from, order } = this
    // Two cursors over the same rows: one tells how many of the other fit into memory.
    await this.query(
      `declare sizes_${table} no scroll cursor for
       select octet_length(t.${column}) as size ${from} order by ${order}`
    )
    await this.query(
      `declare rows_${table} no scroll cursor for
       select t."${number}" as number, ${text === undefined ? "''" : `t."${text}"`} as text,
         ${owner} as owner, t.${column} as sealed ${from} order by ${order}`
    )
    let rows = 0
    for await (const batch of this.batches()) {
      const found = await this.query(`fetch forward ${batch.rows} from rows_${table}`)
      await this.update(found)
      rows += found.length
      onBytes(batch.bytes)
    }
    await this.query(`close sizes_${table}`)
    await this.query(`close rows_${table}`)
    return rows
  }

  private async *batches(): AsyncGenerator<{ rows: number; bytes: number }> {
    let batch = { rows: 0, bytes: 0 }
    for (;;) {
      const sizes = await this.query(`fetch forward ${BATCH_ROWS} from sizes_${this.sealed.table}`)
      for (const { size } of sizes) {
        if (batch.rows > 0 && batch.bytes + Number(size) > BATCH_BYTES) {
          yield batch
          batch = { rows: 0, bytes: 0 }
        }
        batch = { rows: batch.rows + 1, bytes: batch.bytes + Number(size) }
      }
      if (batch.rows > 0) yield batch
      if (sizes.length < BATCH_ROWS) return
      batch = { rows: 0, bytes: 0 }
    }
  }

  private async update(found: readonly SqlRow[]): Promise<void> {
    const { table, column, number, text } = this.sealed
    const names = found.map(row => String(row['text']))
    const values = found.map((row, i) =>
      this.sealed.reseal(
        this.boxes,
        row['sealed'] as Uint8Array,
        String(row['owner']),
        names[i] ?? ''
      )
    )
    await this.connection.run([
      {
        sql: `update ${table} t set ${column} = d.sealed
          from unnest($1::int8[], $2::text[], $3::bytea[]) as d (number, text, sealed)
          where t."${number}" = d.number ${text === undefined ? '' : `and t."${text}" = d.text`}`,
        values: [integers(found.map(row => Number(row['number']))), texts(names), blobs(values)]
      }
    ])
  }

  private get from(): string {
    return `from ${this.sealed.table} t ${this.sealed.join}`
  }

  private async query(sql: string): Promise<SqlRow[]> {
    const [result] = await this.connection.run([{ sql, values: [] }])
    return result?.rows ?? []
  }
}
