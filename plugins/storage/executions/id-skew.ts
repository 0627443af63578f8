/**
 * Ids of executions begin with the second they were made in, so a time range is also a range of ids, the order of
 * lists. Id and time differ where a clock was set meanwhile, and in imported executions; the greatest difference is
 * kept for each function, which makes the range of ids exact.
 */
import type { Database, Statement } from 'better-sqlite3'
import { LRUCache } from 'lru-cache'
import { firstIdOf, secondsOf } from '../../../core/base/ids.js'
import type { Batch } from '../db/batch.js'

/** The first id is included, the second is not. */
export interface IdRange {
  readonly least: string
  readonly before: string
}

/** The skew of ids that are not ours; greater than every difference of times. */
const UNBOUNDED = 2 ** 40
const MAX_SECONDS = 2 ** 32 - 1
const FIRST = ''
const END = '~'
const MAX_CACHED = 5_000

/** By how many seconds the time in an id differs from when the execution was made. */
export function skewOf(id: string, createdAt: number): number {
  const seconds = secondsOf(id)
  return seconds === undefined ? UNBOUNDED : Math.abs(seconds - createdAt)
}

/** Where ids agree with their time: greater than all ids before that second, and less than all others. */
export const idBound = (seconds: number): string =>
  seconds <= 0 ? FIRST : seconds > MAX_SECONDS ? END : firstIdOf(Math.floor(seconds))

export class IdSkew {
  private readonly select: Statement<[number], number>
  private readonly update: Statement<[number, number]>
  private readonly cached = new LRUCache<number, number>({ max: MAX_CACHED })

  constructor(db: Database, batch: Batch) {
    this.select = db
      .prepare<[number], number>('select id_skew from functions where seq = ?')
      .pluck()
    this.update = db.prepare('update functions set id_skew = ? where seq = ?')
    batch.onCommit({
      before() {},
      after: durable => {
        if (!durable) this.cached.clear()
      }
    })
  }

  /** Within the batch that writes the execution. */
  note(functionRowId: number, id: string, createdAt: number): void {
    const skew = skewOf(id, createdAt)
    if (skew === 0 || skew <= this.of(functionRowId)) return
    this.cached.set(functionRowId, skew)
    this.update.run(skew, functionRowId)
  }

  /** Bounds of the ids of all executions from `from` to `to` (Unix seconds, both included). */
  toIdRange(functionRowId: number, from: number | undefined, to: number | undefined): IdRange {
    const skew = this.of(functionRowId)
    return {
      least: from === undefined ? FIRST : idBound(Math.floor(from) - skew),
      before: to === undefined ? END : idBound(Math.floor(to) + skew + 1)
    }
  }

  private of(functionRowId: number): number {
    const cached = this.cached.get(functionRowId)
    if (cached !== undefined) return cached
    const skew = this.select.get(functionRowId) ?? 0
    this.cached.set(functionRowId, skew)
    return skew
  }
}
