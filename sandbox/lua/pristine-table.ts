/** Tables that every run finds as they were made; looked at only where a run has changed one like them. */
import { lentChanges, Shape } from './shape.js'
import { Table } from './table.js'
import type { Value } from './value.js'

/**
 * Gives tables with certain fields, one after the other: the same table again as long as nothing has changed it, else
 * a new one. All have the template's slots, which no write reaches, since their shape is lent.
 */
export class Template {
  private readonly shape: Shape
  private readonly slots: Value[]
  private table: Table
  /** Changes before the last look. */
  private seen = lentChanges

  constructor(fields: ReadonlyArray<readonly [string, Value]>) {
    this.shape = new Shape(
      fields.map(([name]) => name),
      true,
      true
    )
    this.slots = fields.map(([, value]) => value)
    this.table = this.make()
  }

  /** For the next run: nothing of the last one must be in use any more. */
  renew(): Table {
    if (this.seen === lentChanges) return this.table
    this.seen = lentChanges
    return this.table.isUntouched(this.shape) ? this.table : (this.table = this.make())
  }

  private make(): Table {
    return new Table(this.shape, this.slots)
  }
}

/** Metatables whose `__index` is the table of a template. */
export class MetaTemplate {
  private index: Table
  private meta: Template
  private table: Table
  private seen = lentChanges

  constructor(private readonly template: Template) {
    this.index = template.renew()
    this.meta = new Template([['__index', this.index]])
    this.table = this.meta.renew()
  }

  /** Like `Template.renew`, with a table behind `__index` that nothing has touched either. */
  renew(): Table {
    if (this.seen === lentChanges) return this.table
    this.seen = lentChanges
    const index = this.template.renew()
    if (index !== this.index) {
      this.index = index
      this.meta = new Template([['__index', index]])
    }
    return (this.table = this.meta.renew())
  }
}
