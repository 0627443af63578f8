/**
 * How many bytes each function keeps, exact by the measure of row-bytes.ts and always at hand. Changes take effect in
 * memory at once, and in the file once for each batch, in its transaction; those of a batch that fails are taken back.
 */
import type { Database } from 'better-sqlite3'
import type { Batch } from '../db/batch.js'
import { bytesSql, executionBytesSql } from './row-bytes.js'

export type StoredKind = 'history' | 'kv'
export type Stored = { -readonly [Kind in StoredKind]: number }

/** Of every function together. */
export const ALL = -1
/** The store that all functions share. */
const SHARED = 0

export interface StoredBytes {
  /** To be called in the batch that writes the change, after it succeeded. */
  add(functionRowId: number, kind: StoredKind, by: number): void
  /** ALL gives the sum. */
  of(functionRowId: number): Readonly<Stored>
  /** Functions whose numbers have changed in this batch. */
  changed(): Iterable<number>
  /** Those that keep anything. */
  functions(): Iterable<number>
  /** Forgets a function that is gone with all it kept. */
  drop(functionRowId: number): void
}

/** Before a first use, and after an import, there are no numbers: what is there is counted. */
function countIfNeeded(db: Database): void {
  const counted = db
    .prepare<[number], number>('select 1 from stored_bytes where function = ?')
    .pluck()
  if (counted.get(SHARED) !== undefined) return
  db.exec(`
    delete from stored_bytes;
    insert into stored_bytes (function, history, kv)
    select function, sum(history), sum(kv) from (
      select e.function, ${executionBytesSql} as history, 0 as kv from executions e
      union all select function, 0, ${bytesSql('kv')} from kv
      union all values (${SHARED}, 0, 0)
    ) group by function`)
}

/** To be called when rows were written past the storage: they are counted when it is opened next. */
export const forgetStoredBytes = (db: Database): void => {
  db.exec('delete from stored_bytes')
}

export function createStoredBytes(db: Database, batch: Batch): StoredBytes {
  countIfNeeded(db)
  const write = db.prepare<[number, number, number]>(`
    insert into stored_bytes (function, history, kv) values (?, ?, ?)
    on conflict do update set history = excluded.history, kv = excluded.kv`)
  const remove = db.prepare<[number]>('delete from stored_bytes where function = ?')
  const all = db
    .prepare<[], { function: number } & Stored>('select function, history, kv from stored_bytes')
    .all()

  const numbers = new Map(
    all.map(({ function: key, history, kv }): [number, Stored] => [key, { history, kv }])
  )
  const sum: Stored = { history: 0, kv: 0 }
  for (const { history, kv } of numbers.values()) {
    sum.history += history
    sum.kv += kv
  }
  /** What the open batch has added. */
  const inBatch = new Map<number, Stored>()

  function get(functionRowId: number, from: Map<number, Stored>): Stored {
    const known = from.get(functionRowId)
    if (known !== undefined) return known
    const made = { history: 0, kv: 0 }
    from.set(functionRowId, made)
    return made
  }

  function change(functionRowId: number, kind: StoredKind, by: number): void {
    get(functionRowId, numbers)[kind] += by
    sum[kind] += by
  }

  batch.onCommit({
    before() {
      for (const functionRowId of inBatch.keys()) {
        const { history, kv } = get(functionRowId, numbers)
        if (history === 0 && kv === 0 && functionRowId !== SHARED) remove.run(functionRowId)
        else write.run(functionRowId, history, kv)
      }
    },
    after(durable) {
      if (!durable) {
        for (const [functionRowId, { history, kv }] of inBatch) {
          change(functionRowId, 'history', -history)
          change(functionRowId, 'kv', -kv)
        }
      }
      inBatch.clear()
    }
  })

  function add(functionRowId: number, kind: StoredKind, by: number): void {
    if (by === 0) return
    change(functionRowId, kind, by)
    get(functionRowId, inBatch)[kind] += by
  }

  return {
    add,
    of: functionRowId =>
      functionRowId === ALL ? sum : (numbers.get(functionRowId) ?? { history: 0, kv: 0 }),
    changed: () => inBatch.keys(),
    functions: () => numbers.keys(),
    drop(functionRowId) {
      const { history, kv } = get(functionRowId, numbers)
      add(functionRowId, 'history', -history)
      add(functionRowId, 'kv', -kv)
    }
  }
}
