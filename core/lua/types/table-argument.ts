/** What lists, maps and records have in common as arguments. */
import type { Check, CheckContext } from './kind.js'
import { TypeMismatch, type GivenTable } from './mismatch.js'

/** Local functions get the table itself, once it is checked; they read for themselves what is in it. */
export const checkTable =
  ({ wire, expected }: CheckContext, convert: (table: GivenTable) => unknown): Check =>
  value => {
    if (typeof value !== 'object' || value.type !== 'table') return expected(value)
    const converted = convert(value)
    return wire || converted instanceof TypeMismatch ? converted : value
  }
