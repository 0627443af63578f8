/** Generic `for` over `next` and the iterator of ipairs, without a call. */
import { deferredShape } from '../shape.js'
import type { Table } from '../table.js'
import type { Value } from '../value.js'

/**
 * Takes the control variable at `at` and puts the next key and value above it, or nil. `hints[hint]` remembers
 * the slot this loop visited last, so that finding the place again costs one comparison.
 */
export function iterateNext(
  table: Table,
  stack: Value[],
  at: number,
  hints: Int32Array,
  hint: number
): void {
  const key = stack[at]
  if (table.shape === deferredShape) table.materialize()
  const { items, shape } = table
  const { length } = items
  let slot = 0
  if (
    key === undefined ||
    (typeof key === 'number' && key >>> 0 === key && key > 0 && key < length)
  ) {
    for (let item = key === undefined ? 1 : key + 1; item < length; item++) {
      const value = items[item]
      if (value === undefined) continue
      stack[at + 1] = item
      stack[at + 2] = value
      return
    }
  } else {
    const known = hints[hint] as number
    slot = (known < shape.keys.length && shape.keys[known] === key ? known : table.slotOf(key)) + 1
  }
  slot = table.liveSlot(slot)
  if (slot < 0) {
    stack[at + 1] = undefined
    return
  }
  hints[hint] = slot
  stack[at + 1] = shape.keys[slot]
  stack[at + 2] = table.slots[slot]
}

/** One step of ipairs where it needs no metamethod; false where it does. */
export function iterateItems(table: Table, stack: Value[], at: number): boolean {
  const index = (stack[at] as number) + 1
  const value = table.getNumber(index)
  if (value === undefined && table.meta !== null) return false
  stack[at + 1] = value === undefined ? undefined : index
  stack[at + 2] = value
  return true
}
