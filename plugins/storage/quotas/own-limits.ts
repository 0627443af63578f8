/** The quotas that functions have of their own, in place of those that the server gives to each. */
import type { Database } from 'better-sqlite3'
import type { FrontDoor } from '../../../core/contracts/front-door.js'
import type { Batch } from '../db/batch.js'
import { parseFrontDoor } from '../functions/function-rows.js'

/** In bytes; undefined: that of the server holds. */
export interface OwnQuotas {
  readonly kv: number | undefined
  readonly history: number | undefined
}

export class OwnLimits {
  private readonly quotas = new Map<number, OwnQuotas>()
  private readonly inBatch = new Set<number>()

  constructor(
    private readonly db: Database,
    batch: Batch
  ) {
    this.load()
    batch.onCommit({
      before() {},
      after: durable => {
        if (!durable && this.inBatch.size > 0) this.load()
        this.inBatch.clear()
      }
    })
  }

  of(functionRowId: number): OwnQuotas | undefined {
    return this.quotas.get(functionRowId)
  }

  /** To be called in the batch that writes the change, after it succeeded. */
  set(functionRowId: number, frontDoor: FrontDoor | undefined): void {
    this.keep(functionRowId, frontDoor)
    this.inBatch.add(functionRowId)
  }

  /** Functions that were written in this batch. */
  changed(): Iterable<number> {
    return this.inBatch
  }

  private load(): void {
    this.quotas.clear()
    const rows = this.db
      .prepare<[], { seq: number; frontDoor: string }>(
        'select seq, front_door as frontDoor from functions where front_door is not null'
      )
      .iterate()
    for (const { seq, frontDoor } of rows) this.keep(seq, parseFrontDoor(frontDoor))
  }

  private keep(functionRowId: number, frontDoor: FrontDoor | undefined): void {
    const { kv_bytes: kv, history_bytes: history } = frontDoor ?? {}
    if (kv === undefined && history === undefined) this.quotas.delete(functionRowId)
    else this.quotas.set(functionRowId, { kv, history })
  }
}
