/**
 * One long read, in slices. What takes a few milliseconds in all is read where everything else is; what takes longer
 * goes on in the reading thread.
 */
import type { Statement } from 'better-sqlite3'
import { giveWay } from '../../../core/base/give-way.js'
import type { Batch } from './batch.js'
import type { ReadingThread } from './reading-thread.js'

/** On the event loop, in all. */
const HERE_MS = 2
/** The work of a slice on the event loop; in the thread it is the least. */
const SLICE_WORK_MS = 1
/** Of a slice in the thread, with what it waits for: so all of many readers come to their turn. */
const SLICE_MS = 20
const MAX_GROWTH = 4

export interface ReadParts {
  readonly batch: Batch
  readonly thread: Pick<ReadingThread, 'read'>
}

export class LongRead {
  /** What its statements took so far. */
  private workedMs = 0
  private isHere = true

  constructor(private readonly parts: ReadParts) {}

  /** The first column of all rows. Sees every write that was called before the first slice. */
  async all<T, V extends object>(statement: Statement<[V], T>, values: V): Promise<readonly T[]> {
    return this.isHere ? this.readHere(statement, values) : this.readThere(statement, values)
  }

  /** Goes on in the thread, which sees only what is committed. */
  async leave(): Promise<void> {
    await this.parts.batch.flush()
    this.isHere = false
  }

  /** To be called before a slice; gives how many rows the next one should have, where this one had `size`. */
  measure(): (size: number) => number {
    const since = performance.now()
    const workedBefore = this.workedMs
    return size => {
      // Where answers wait for a busy event loop, slices that only the wait counts for would read hardly anything.
      const byWork = SLICE_WORK_MS / (this.workedMs - workedBefore)
      const growth = this.isHere ? byWork : Math.max(byWork, SLICE_MS / (performance.now() - since))
      return Math.ceil(size * Math.min(MAX_GROWTH, growth))
    }
  }

  private async readHere<T, V extends object>(
    statement: Statement<[V], T>,
    values: V
  ): Promise<readonly T[]> {
    let tookMs = 0
    const rows = await this.parts.batch.read(() => {
      const since = performance.now()
      const found = statement.all(values)
      tookMs = performance.now() - since
      return found
    })
    this.workedMs += tookMs
    if (this.workedMs > HERE_MS) await this.leave()
    else await giveWay(tookMs)
    return rows
  }

  private async readThere<T, V extends object>(
    statement: Statement<[V], T>,
    values: V
  ): Promise<readonly T[]> {
    const { rows, tookMs } = await this.parts.thread.read<T>(statement.source, values)
    this.workedMs += tookMs
    return rows
  }
}
