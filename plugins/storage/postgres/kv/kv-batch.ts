/**
 * What one batch does with stored values: its locks, sorted and first, so that two servers never wait for each other;
 * then reads and writes in their order, of which neighbours about the same key may share a statement.
 */
import type { Batch, BatchPart, Slot } from '../db/batch.js'
import type { Statement } from '../db/statement.js'
import { heldLocksOf, lockOf, locksOf, RELEASE } from './key-locks.js'

/** A write's part in a statement. */
export interface Turn {
  readonly slot: Slot
  /** The same statement stores a later value in its place. */
  isReplaced: boolean
}

export interface KeyOf {
  readonly scope: string
  readonly key: Uint8Array
  /** Of the key in its store, for a Map. */
  readonly name: string
}

interface Newest {
  readonly turn: Turn
  /** How many bytes it stores; undefined: it does something else. */
  readonly size: number | undefined
  readonly isRead: boolean
}

export class KvBatch implements BatchPart {
  private readonly locks = new Set<number>()
  /** Values are stored that reads are answered with meanwhile. */
  private hasValues = false
  /** What comes last about each key. */
  private readonly newest = new Map<string, Newest>()

  static of(batch: Batch): KvBatch {
    return batch.part(KvBatch, () => new KvBatch(batch))
  }

  constructor(private readonly batch: Batch) {}

  first(): Statement[] {
    if (this.locks.size === 0) return []
    const locks = [...this.locks].sort((a, b) => a - b)
    if (!this.hasValues || !this.batch.mayHoldLocks) return [locksOf(locks)]
    this.batch.afterwards.push(RELEASE)
    return [heldLocksOf(locks)]
  }

  /** Reads of one key with no write between them are one. */
  read({ name }: KeyOf, { sql, values }: Statement): Slot {
    const known = this.newest.get(name)
    if (known?.isRead === true) return known.turn.slot
    const turn = { slot: this.batch.add(sql, ...values), isReplaced: false }
    this.newest.set(name, { turn, size: undefined, isRead: true })
    return turn.slot
  }

  /** A read of many keys: what comes behind it is not put before it. */
  readMany({ sql, values }: Statement): Slot {
    this.newest.clear()
    return this.batch.add(sql, ...values)
  }

  /**
   * `size`: of the value that it stores whatever was there; undefined: it does something else. A value replaces the
   * one before, if it is no larger: so there is room for it where there was room for that.
   */
  write({ scope, key, name }: KeyOf, { sql, values }: Statement, size?: number): Turn {
    if (size !== undefined) this.hasValues = true
    const known = this.newest.get(name)
    if (size !== undefined && known?.size !== undefined && size <= known.size) {
      const { slot } = known.turn
      slot.statement = { sql, values }
      known.turn.isReplaced = true
      const turn = { slot, isReplaced: false }
      this.newest.set(name, { turn, size, isRead: false })
      return turn
    }
    this.locks.add(lockOf(scope, key))
    const turn = { slot: this.batch.add(sql, ...values), isReplaced: false }
    this.newest.set(name, { turn, size, isRead: false })
    return turn
  }
}
