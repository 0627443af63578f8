/** Tables that every run finds as they were made; checked only after a run has changed one like them. */
import { cowEpoch, Shape } from './shape.js'
import { Table } from './table.js'
import type { Value } from './value.js'

/**
 * Gives one table after the other with certain fields: the same table again as long as nothing has changed it, else
 * a new one. All share the same slots, which no write reaches, since their shape is copy-on-write.
 */
export class PristineTable {
  private readonly shape: Shape
  private readonly slots: Value[]
  private table: Table
  /** The epoch of the last check. */
  private checked = cowEpoch

  constructor(fields: ReadonlyArray<readonly [string, Value]>) {
    this.shape = new Shape(
      fields.map(([name]) => name),
      true,
      true
    )
    this.slots = fields.map(([, value]) => value)
    this.table = this.make()
  }

  /** The table for the next run: nothing of the last run may be in use any more. */
  fresh(): Table {
    if (this.checked === cowEpoch) return this.table
    this.checked = cowEpoch
    return this.table.isUntouched(this.shape) ? this.table : (this.table = this.make())
  }

  private make(): Table {
    return new Table(this.shape, this.slots)
  }
}

/** Metatables whose `__index` is a pristine table. */
export class PristineMetatable {
  private index: Table
  private meta: PristineTable
  private table: Table
  private checked = cowEpoch

  constructor(private readonly source: PristineTable) {
    this.index = source.fresh()
    this.meta = new PristineTable([['__index', this.index]])
    this.table = this.meta.fresh()
  }

  /** Like `PristineTable.fresh`; the table behind `__index` is untouched as well. */
  fresh(): Table {
    if (this.checked === cowEpoch) return this.table
    this.checked = cowEpoch
    const index = this.source.fresh()
    if (index !== this.index) {
      this.index = index
      this.meta = new PristineTable([['__index', index]])
    }
    return (this.table = this.meta.fresh())
  }
}
