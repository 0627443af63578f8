/**
 * How many bytes each function stores, exact by the measure of row-bytes.ts and always at hand. Changes take effect in
 * memory at once, and in the file once for each batch, in its transaction; those of a failed batch are undone.
 */
import type { Database, Statement } from 'better-sqlite3'
import type { Batch } from '../db/batch.js'
import { bytesSql, executionBytesSql } from './row-bytes.js'

export type StoredKind = 'history' | 'kv'
export type Stored = { -readonly [Kind in StoredKind]: number }

/** Stands for all functions together. */
export const ALL = -1
/** The row id that stands for the store that all functions share. */
export const SHARED = 0

const NOTHING: Readonly<Stored> = { history: 0, kv: 0 }

export class StoredBytes {
  private readonly write: Statement<[number, number, number]>
  private readonly remove: Statement<[number]>
  private readonly byFunction = new Map<number, Stored>()
  private readonly sum: Stored = { history: 0, kv: 0 }
  /** What the open batch has added. */
  private readonly inBatch = new Map<number, Stored>()

  constructor(db: Database, batch: Batch) {
    countIfNeeded(db)
    this.write = db.prepare(`
      insert into stored_bytes (function, history, kv) values (?, ?, ?)
      on conflict do update set history = excluded.history, kv = excluded.kv`)
    this.remove = db.prepare('delete from stored_bytes where function = ?')
    this.load(db)
    batch.onCommit({
      before: () => {
        this.writeChanges()
      },
      after: durable => {
        if (!durable) this.undoChanges()
        this.inBatch.clear()
      }
    })
  }

  /** To be called in the batch that writes the change, after the write succeeded. */
  add(functionRowId: number, kind: StoredKind, by: number): void {
    if (by === 0) return
    this.change(functionRowId, kind, by)
    entryOf(this.inBatch, functionRowId)[kind] += by
  }

  /** ALL gives the sum. */
  of(functionRowId: number): Readonly<Stored> {
    return functionRowId === ALL ? this.sum : (this.byFunction.get(functionRowId) ?? NOTHING)
  }

  /** Functions whose numbers have changed in this batch. */
  changed(): Iterable<number> {
    return this.inBatch.keys()
  }

  /** Functions that store anything. */
  functions(): Iterable<number> {
    return this.byFunction.keys()
  }

  /** Forgets a function that is gone with all it stored. */
  drop(functionRowId: number): void {
    const { history, kv } = entryOf(this.byFunction, functionRowId)
    this.add(functionRowId, 'history', -history)
    this.add(functionRowId, 'kv', -kv)
  }

  private load(db: Database): void {
    const rows = db.prepare<[], { function: number } & Stored>(
      'select function, history, kv from stored_bytes'
    )
    for (const { function: functionRowId, history, kv } of rows.iterate()) {
      this.byFunction.set(functionRowId, { history, kv })
      this.sum.history += history
      this.sum.kv += kv
    }
  }

  private change(functionRowId: number, kind: StoredKind, by: number): void {
    entryOf(this.byFunction, functionRowId)[kind] += by
    this.sum[kind] += by
  }

  private writeChanges(): void {
    for (const functionRowId of this.inBatch.keys()) {
      const { history, kv } = this.of(functionRowId)
      if (history === 0 && kv === 0 && functionRowId !== SHARED) this.remove.run(functionRowId)
      else this.write.run(functionRowId, history, kv)
    }
  }

  private undoChanges(): void {
    for (const [functionRowId, { history, kv }] of this.inBatch) {
      this.change(functionRowId, 'history', -history)
      this.change(functionRowId, 'kv', -kv)
    }
  }
}

function entryOf(numbers: Map<number, Stored>, functionRowId: number): Stored {
  const known = numbers.get(functionRowId)
  if (known !== undefined) return known
  const made = { history: 0, kv: 0 }
  numbers.set(functionRowId, made)
  return made
}

/** Before the first use, and after an import, there are no numbers: what is stored is counted. */
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
