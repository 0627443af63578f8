/**
 * One long read, in slices. What takes a few milliseconds in all is read where everything else is; what takes longer
 * goes on in the reading thread.
 */
import type { Statement } from 'better-sqlite3'
import { giveWay } from '../../../core/base/give-way.js'
import type { Batch } from './batch.js'
import type { ReadingThread } from './reading-thread.js'

/** On the event loop: in all, and for one slice. */
const HERE_MS = 2
const SLICE_HERE_MS = 1
const SLICE_MS = 20
const MAX_GROWTH = 4

export interface ReadParts {
  readonly batch: Batch
  readonly thread: ReadingThread
}

export class LongRead {
  private hereMs = 0
  private isHere = true

  constructor(private readonly parts: ReadParts) {}

  /** The first column of all rows. Sees every write that was called before the first slice. */
  async all<T, V extends object>(statement: Statement<[V], T>, values: V): Promise<readonly T[]> {
    const { batch, thread } = this.parts
    if (!this.isHere) return thread.all<T>(statement.source, values)
    let tookMs = 0
    const rows = await batch.read(() => {
      const since = performance.now()
      const found = statement.all(values)
      tookMs = performance.now() - since
      return found
    })
    this.hereMs += tookMs
    if (this.hereMs > HERE_MS) await this.leave()
    else await giveWay(tookMs)
    return rows
  }

  /** Goes on in the thread, which sees only what is committed. */
  async leave(): Promise<void> {
    await this.parts.batch.flush()
    this.isHere = false
  }

  /** How many rows the next slice should have, where one of `size` rows took `tookMs`. */
  nextSize(size: number, tookMs: number): number {
    const wanted = this.isHere ? SLICE_HERE_MS : SLICE_MS
    return Math.ceil(size * Math.min(MAX_GROWTH, wanted / Math.max(tookMs, 0.1)))
  }
}
