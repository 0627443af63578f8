/** Rows of one kind as one statement, with an array for each column; no rows, no statement. */
import type { Statement } from '../db/statement.js'
import { blobs, integers, texts } from '../db/values.js'
import type { EndColumns, RowColumns, StoredText } from './row-columns.js'
import { endSql, growSql, insertSql, largeSql, logSql, packedSql, restoreSql } from './row-sql.js'

export interface InsertedRow {
  readonly row: RowColumns
  readonly bytes: number
  readonly leftOut: number | null
}
export interface EndedRow {
  readonly id: string
  readonly end: EndColumns
  readonly bytes: number
  readonly leftOut: number | null
}
export interface LogColumns {
  readonly execution: string
  readonly n: number
  readonly level: number
  readonly createdAt: number
  readonly message: string
}
export interface LargeText {
  readonly id: string
  readonly text: StoredText
}
/** Of this server. */
interface Origin {
  readonly node: () => number
  readonly stripe: () => number
}

export const toInsert = (origin: Origin, rows: readonly InsertedRow[]): Statement[] =>
  insertWith(insertSql(rows.some(({ row }) => row.trigger === 'cron')), origin, rows)

/** Of rows that the database may have lost. */
export const toRestore = (origin: Origin, rows: readonly InsertedRow[]): Statement[] =>
  insertWith(restoreSql, origin, rows)

function insertWith(
  sql: string,
  { node, stripe }: Origin,
  all: readonly InsertedRow[]
): Statement[] {
  if (all.length === 0) return []
  const rows = all.map(({ row }) => row)
  return [
    {
      sql,
      values: [
        stripe(),
        node(),
        texts(rows.map(row => row.id)),
        texts(rows.map(row => row.functionId)),
        integers(rows.map(row => row.version)),
        integers(rows.map(row => row.status)),
        texts(rows.map(row => row.trigger)),
        integers(rows.map(row => row.createdAt)),
        integers(rows.map(row => row.durationMs)),
        texts(rows.map(row => row.error)),
        texts(rows.map(row => row.fault)),
        texts(rows.map(row => row.faultKind)),
        texts(rows.map(row => row.event)),
        texts(rows.map(row => row.response)),
        integers(rows.map(row => row.statusCode)),
        texts(rows.map(row => row.jobId)),
        integers(rows.map(row => row.attempt)),
        integers(rows.map(row => row.streamSize)),
        integers(rows.map(row => row.firstByteMs)),
        integers(all.map(({ bytes }) => bytes)),
        integers(all.map(({ leftOut }) => leftOut))
      ]
    }
  ]
}

export function toEnd({ stripe }: Pick<Origin, 'stripe'>, all: readonly EndedRow[]): Statement[] {
  if (all.length === 0) return []
  const ends = all.map(({ end }) => end)
  return [
    {
      sql: endSql,
      values: [
        stripe(),
        texts(all.map(({ id }) => id)),
        integers(ends.map(end => end.status)),
        integers(ends.map(end => end.durationMs)),
        texts(ends.map(end => end.error)),
        texts(ends.map(end => end.fault)),
        texts(ends.map(end => end.faultKind)),
        texts(ends.map(end => end.response)),
        integers(ends.map(end => end.statusCode)),
        integers(ends.map(end => end.streamSize)),
        integers(ends.map(end => end.firstByteMs)),
        integers(all.map(({ bytes }) => bytes)),
        integers(all.map(({ leftOut }) => leftOut))
      ]
    }
  ]
}

/** Something was added to rows that are there. */
export const toGrow = (
  { stripe }: Pick<Origin, 'stripe'>,
  all: ReadonlyArray<Pick<EndedRow, 'id' | 'bytes'>>
): Statement[] =>
  all.length === 0
    ? []
    : [
        {
          sql: growSql,
          values: [
            stripe(),
            texts(all.map(({ id }) => id)),
            integers(all.map(({ bytes }) => bytes))
          ]
        }
      ]

export function toLarge(kind: 'event' | 'response', all: readonly LargeText[]): Statement[] {
  const ids: string[] = []
  const whole: string[] = []
  const packedIds: string[] = []
  const packed: Uint8Array[] = []
  for (const { id, text } of all) {
    if (typeof text === 'string') {
      ids.push(id)
      whole.push(text)
    } else {
      packedIds.push(id)
      packed.push(text)
    }
  }
  return [
    ...(ids.length === 0 ? [] : [{ sql: largeSql[kind], values: [texts(ids), texts(whole)] }]),
    ...(packedIds.length === 0
      ? []
      : [{ sql: packedSql[kind], values: [texts(packedIds), blobs(packed)] }])
  ]
}

export const toLogs = (logs: readonly LogColumns[]): Statement[] =>
  logs.length === 0
    ? []
    : [
        {
          sql: logSql,
          values: [
            texts(logs.map(({ execution }) => execution)),
            integers(logs.map(({ n }) => n)),
            integers(logs.map(({ level }) => level)),
            integers(logs.map(({ createdAt }) => createdAt)),
            texts(logs.map(({ message }) => message))
          ]
        }
      ]
