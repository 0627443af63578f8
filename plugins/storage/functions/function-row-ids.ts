import type { Database } from 'better-sqlite3'
import { MoonletError } from '../../../core/base/errors.js'

/** The short keys by which rows refer to functions; those of known functions are kept in memory. */
export interface FunctionRowIds {
  /** Undefined: no such function. */
  find(functionId: string): number | undefined
  forget(functionId: string): void
  forgetAll(): void
}

const CACHED = 20_000

export function createFunctionRowIds(db: Database): FunctionRowIds {
  const query = db.prepare<[string], number>('select seq from functions where id = ?').pluck()
  const known = new Map<string, number>()
  return {
    find(functionId) {
      const cached = known.get(functionId)
      if (cached !== undefined) return cached
      const key = query.get(functionId)
      if (key === undefined) return undefined
      if (known.size >= CACHED) known.clear()
      known.set(functionId, key)
      return key
    },
    forget(functionId) {
      known.delete(functionId)
    },
    forgetAll() {
      known.clear()
    }
  }
}

/** Throws NOT_FOUND. */
export function requireRowId(rowIds: FunctionRowIds, functionId: string): number {
  const key = rowIds.find(functionId)
  if (key === undefined) {
    throw new MoonletError(
      'NOT_FOUND',
      `There is no function ${functionId}; it may have been deleted meanwhile.`
    )
  }
  return key
}
