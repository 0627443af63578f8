import type { Database, Statement } from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import { MoonletError } from '../../../core/base/errors.js'
import type { Batch } from '../db/batch.js'

/** A miss costs one look into an index; the bound keeps the memory of the cache, which is allocated whole, small. */
const MAX_CACHED = 5_000

/** The short ids by which rows refer to functions. */
export class FunctionRowIds {
  private readonly select: Statement<[string], number>
  private readonly cached = new LRUCache<string, number>({ max: MAX_CACHED })

  constructor(db: Database, batch: Batch) {
    this.select = db.prepare<[string], number>('select seq from functions where id = ?').pluck()
    batch.onCommit({
      before() {},
      after: durable => {
        if (!durable) this.cached.clear()
      }
    })
  }

  /** Undefined: no such function. */
  find(functionId: string): number | undefined {
    const cached = this.cached.get(functionId)
    if (cached !== undefined) return cached
    const rowId = this.select.get(functionId)
    if (rowId !== undefined) this.cached.set(functionId, rowId)
    return rowId
  }

  /** To be called when the function is removed. */
  forget(functionId: string): void {
    this.cached.delete(functionId)
  }
}

/** Throws NOT_FOUND. */
export function requireRowId(rowIds: FunctionRowIds, functionId: string): number {
  const rowId = rowIds.find(functionId)
  if (rowId !== undefined) return rowId
  throw new MoonletError(
    'NOT_FOUND',
    `There is no function ${functionId}; it may have been deleted meanwhile.`
  )
}
