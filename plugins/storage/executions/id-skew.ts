/**
 * Ids of executions begin with the second they were made in, so a time range is also a range of ids, which lists
 * are ordered by. The two differ when a clock was set meanwhile, and in what was imported; by how much at most is
 * kept for each function, which makes the range of ids exact.
 */
import type { Database } from 'better-sqlite3'
import { firstIdOf, secondsOf } from '../../../core/base/ids.js'
import type { Batch } from '../db/batch.js'

export interface IdSkew {
  /** Within a batch that writes the execution. */
  note(functionRowId: number, id: string, createdAt: number): void
  /** Bounds of the ids of all executions from `from` to `to` (Unix seconds, both included): the first is included, the second is not. */
  toIdRange(
    functionRowId: number,
    from: number | undefined,
    to: number | undefined
  ): { readonly least: string; readonly before: string }
}

/** Of ids that are not ours; greater than every difference of times. */
const UNBOUNDED = 2 ** 40
const MAX_SECONDS = 2 ** 32 - 1
const FIRST = ''
const END = '~'
const CACHED = 20_000

/** By how many seconds the time in an id differs from when the execution was made. */
export function skewOf(id: string, createdAt: number): number {
  const seconds = secondsOf(id)
  return seconds === undefined ? UNBOUNDED : Math.abs(seconds - createdAt)
}

/** Greater than the ids of all executions before that second, where ids go with their time; less than all others. */
export const idBound = (seconds: number): string =>
  seconds <= 0 ? FIRST : seconds > MAX_SECONDS ? END : firstIdOf(Math.floor(seconds))

export function createIdSkew(db: Database, batch: Batch): IdSkew {
  const read = db.prepare<[number], number>('select id_skew from functions where seq = ?').pluck()
  const write = db.prepare<[number, number]>('update functions set id_skew = ? where seq = ?')
  const known = new Map<number, number>()
  batch.onCommit({
    before() {},
    after(durable) {
      if (!durable) known.clear()
    }
  })

  function of(functionRowId: number): number {
    const cached = known.get(functionRowId)
    if (cached !== undefined) return cached
    const skew = read.get(functionRowId) ?? 0
    if (known.size >= CACHED) known.clear()
    known.set(functionRowId, skew)
    return skew
  }

  return {
    note(functionRowId, id, createdAt) {
      const skew = skewOf(id, createdAt)
      if (skew <= of(functionRowId)) return
      known.set(functionRowId, skew)
      write.run(skew, functionRowId)
    },
    toIdRange(functionRowId, from, to) {
      const skew = of(functionRowId)
      return {
        least: from === undefined ? FIRST : idBound(Math.floor(from) - skew),
        before: to === undefined ? END : idBound(Math.floor(to) + skew + 1)
      }
    }
  }
}
