/** Writes that go to the database together: one transaction, one round trip. */
import type { Result, Statement } from './statement.js'
import type { SqlRow, SqlValue } from './values.js'

/** Statements that are made of what several writes of one batch have given. */
export interface BatchPart {
  /** Those before the single statements of writes. */
  first?(): readonly Statement[]
  /** Those after them. */
  last?(): readonly Statement[]
  /** The batch is committed; `number` is that of the lane (lane-number.ts). */
  committed?(number: number): void
}

/** A statement in a batch, and what came of it. */
export class Slot {
  constructor(public statement: Statement) {}

  result: Result = { rows: [], count: 0 }

  get row(): SqlRow | undefined {
    return this.result.rows[0]
  }

  get count(): number {
    return this.result.count
  }
}

export class Batch {
  private readonly parts = new Map<unknown, BatchPart>()
  private readonly single: Slot[] = []

  /** To be done on the same connection once what came of the batch is known, with what is sent next. */
  readonly afterwards: Statement[] = []

  constructor(
    private readonly writes: ReadonlySet<unknown>,
    /** Locks may outlast the transaction, until `afterwards`. */
    readonly mayHoldLocks = false
  ) {}

  /** Whether a write is carried out in this batch. */
  has(write: unknown): boolean {
    return this.writes.has(write)
  }

  add(sql: string, ...values: readonly SqlValue[]): Slot {
    const slot = new Slot({ sql, values })
    this.single.push(slot)
    return slot
  }

  /** The batch's own part of that kind, made if there is none. */
  part<T extends BatchPart>(kind: unknown, make: () => T): T {
    const known = this.parts.get(kind) as T | undefined
    if (known !== undefined) return known
    const made = make()
    this.parts.set(kind, made)
    return made
  }

  /** All statements, in their order, and what takes their results. */
  close(): {
    readonly statements: Statement[]
    readonly settle: (results: readonly Result[], number: number) => void
  } {
    const parts = [...this.parts.values()]
    const first = parts.flatMap(part => part.first?.() ?? [])
    const last = parts.flatMap(part => part.last?.() ?? [])
    return {
      statements: [...first, ...this.single.map(({ statement }) => statement), ...last],
      settle: (results, number) => {
        for (const [index, slot] of this.single.entries()) {
          slot.result = results[first.length + index] ?? slot.result
        }
        for (const part of parts) part.committed?.(number)
      }
    }
  }
}
