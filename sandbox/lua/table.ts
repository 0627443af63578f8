/**
 * A Lua table: a list part for 1, 2, 3, …, and a hash part described by a Shape.
 *
 * Invariants: the last of several items is never nil; the hash part finds no key from 1 to `items.length`, not even a
 * dead one. So the length operator is one subtraction, appending never searches, and a traversal that comes back with
 * a key knows which part it was in, also when the list part has shrunk since. `items[0]` is not an item: nil, or the
 * length the list part had before it first shrank. V8 so keeps the arrays in one representation.
 *
 * It replaces Fengari's ltable.js (a Map of boxed values under every table) and is, as it stands, the handle
 * that the rest of the sandbox sees: reading a field through LuaTable makes nothing but a table that was deferred.
 */
import { budget, charge, checkHeap } from './memory.js'
import { advanceCowEpoch, deferredShape, dictionaryShape, emptyShape, shapeOf } from './shape.js'
import type { Shape } from './shape.js'
import { LuaThrow } from './errors.js'
import type { Value } from './value.js'

const NO_ITEMS: Value[] = [undefined]
const NO_SLOTS: Value[] = []
/** Rough bytes of one entry, for the account of the run. */
const ITEM_BYTES = 24
const FIELD_BYTES = 88
/** From this many entries on, the copy that V8 makes to grow an array or a map is charged in advance. */
const LARGE = 4096

const isIndex = (key: Value): key is number =>
  typeof key === 'number' && key >>> 0 === key && key > 0

/** The largest power of two so that more than half of the keys up to it are in use (Lua's rule for list parts). */
function listSize(
  keys: readonly Value[],
  slots: readonly Value[],
  items: readonly Value[]
): number {
  const counts = new Array<number>(33).fill(0)
  const note = (key: number): void => {
    counts[32 - Math.clz32(key - 1)] = (counts[32 - Math.clz32(key - 1)] ?? 0) + 1
  }
  for (let slot = 0; slot < keys.length; slot++) {
    const key = keys[slot]
    if (isIndex(key) && slots[slot] !== undefined) note(key)
  }
  let size = 0
  if (counts.every(count => count === 0)) return size
  for (let item = 1; item < items.length; item++) if (items[item] !== undefined) note(item)
  let used = 0
  for (let power = 0; power < 31; power++) {
    used += counts[power] ?? 0
    if (used > 2 ** power / 2) size = 2 ** power
  }
  return size
}

export class Table {
  shape: Shape
  slots: Value[]
  items: Value[] = NO_ITEMS
  meta: Table | null = null

  constructor(shape: Shape = emptyShape, slots: Value[] = NO_SLOTS) {
    this.shape = shape
    this.slots = slots
  }

  /** Makes the hash part of a deferred table. */
  materialize(): void {
    const { shape, slots } = (this.slots[0] as unknown as () => Table)()
    this.shape = shape
    this.slots = slots
  }

  get type(): 'table' {
    return 'table'
  }
  identity(): object {
    return this
  }
  length(): number {
    return this.items.length - 1
  }

  get(key: Value): Value {
    if (typeof key === 'string') return this.getString(key)
    if (typeof key === 'number') return this.getNumber(key)
    return this.shape.shared ? undefined : this.getString(key)
  }

  /** For strings, and for any key that is not a number. */
  getString(key: Value): Value {
    const slot = this.shape.find(key)
    if (slot >= 0) return this.slots[slot]
    if (this.shape !== deferredShape) return undefined
    this.materialize()
    return this.getString(key)
  }

  getNumber(key: number): Value {
    if (key >>> 0 === key && key > 0 && key < this.items.length) return this.items[key]
    return this.shape.shared ? undefined : this.getString(key)
  }

  /** Raw; raises for nil and NaN as a key. */
  set(key: Value, value: Value): void {
    if (typeof key === 'string') this.setString(key, value)
    else if (typeof key === 'number') this.setNumber(key, value)
    else if (key === undefined) throw new LuaThrow('table index is nil')
    else this.setString(key, value)
  }

  setNumber(key: number, value: Value): void {
    const items = this.items
    if (key >>> 0 === key && key > 0) {
      const length = items.length
      if (key < length) {
        items[key] = value
        if (value === undefined && key === length - 1) this.shrink()
        return
      }
      if (key === length) {
        if (value !== undefined) this.push(value)
        return
      }
    } else if (Number.isNaN(key)) {
      throw new LuaThrow('table index is NaN')
    }
    // Minus zero is the key zero.
    this.setString(key === 0 ? 0 : key, value)
  }

  /** Appends a value that is not nil. */
  push(value: Value): void {
    if (this.items === NO_ITEMS) {
      if (this.shape.copyOnWrite) advanceCowEpoch()
      this.items = [undefined, value]
    } else {
      const { length } = this.items
      if (length >= LARGE && (length & (length - 1)) === 0) charge(length * ITEM_BYTES)
      this.items.push(value)
    }
    if ((budget.left -= ITEM_BYTES) < 0) checkHeap(ITEM_BYTES)
    if (!this.shape.shared) this.migrateToArray()
  }

  /** For strings, and for any key that is not in the list part: a field whose name is only known at run time. */
  setString(key: Value, value: Value): void {
    if (this.shape.copyOnWrite) this.detach()
    const slot = this.shape.find(key)
    if (slot >= 0) this.slots[slot] = value
    else if (value !== undefined) this.add(key, value)
  }

  /** Adds a field that code names, so that tables made by the same code share a shape. */
  addField(key: string, value: Value): void {
    if (this.shape.copyOnWrite) this.detach()
    const next = this.shape.shared ? this.shape.with(key) : undefined
    if (next === undefined) return this.add(key, value)
    this.put(this.shape.keys.length, value)
    this.shape = next
  }

  setField(key: string, value: Value): void {
    if (this.shape.copyOnWrite) this.detach()
    const slot = this.shape.find(key)
    if (slot >= 0) this.slots[slot] = value
    else if (value !== undefined) this.addField(key, value)
  }

  /** To be called before a write to a copy-on-write table: from now on shape and slots are its own. */
  detach(): void {
    if (this.shape === deferredShape) return this.materialize()
    advanceCowEpoch()
    const { keys } = this.shape
    // Both or none: what is called here may end for want of stack, and the shared slots must never be written.
    const shape = shapeOf(keys as readonly string[]) ?? dictionaryShape(keys)
    const slots = this.slots.slice()
    this.shape = shape
    this.slots = slots
  }

  setMeta(meta: Table | null): void {
    if (this.shape.copyOnWrite) advanceCowEpoch()
    // Of a metatable, the shape alone is asked.
    if (meta !== null && meta.shape === deferredShape) meta.materialize()
    this.meta = meta
  }

  /** Whether it is as it was made: with this copy-on-write shape and nothing else. */
  isUntouched(shape: Shape): boolean {
    return this.shape === shape && this.meta === null && this.items === NO_ITEMS
  }

  /** Stores the value of a new slot. */
  put(slot: number, value: Value): void {
    if (this.slots === NO_SLOTS) this.slots = [undefined, undefined, undefined, undefined]
    const slots = this.slots
    if (slot < slots.length) slots[slot] = value
    else slots.push(value)
    if ((budget.left -= FIELD_BYTES) < 0) checkHeap(FIELD_BYTES)
  }

  /**
   * Sets the whole list part at once, for a table that has no whole keys past it; `items[0]` is unused. Trailing nils
   * are dropped.
   */
  takeItems(items: Value[]): void {
    if (this.shape.copyOnWrite) advanceCowEpoch()
    this.items = items
    if (items[items.length - 1] === undefined) this.shrink()
  }

  /**
   * Stores what a constructor lists from `offset + 1` on: `count` values after `stack[at]`. Holes stay, so that
   * #{1, nil, 3} is 3.
   */
  setList(stack: readonly Value[], at: number, count: number, offset: number): void {
    const items = this.items === NO_ITEMS ? [undefined] : this.items
    // Trailing nils of an earlier piece were dropped.
    while (items.length <= offset) items.push(this.extract(items.length))
    for (let i = 1; i <= count; i++) items[offset + i] = stack[at + i]
    if ((budget.left -= count * ITEM_BYTES) < 0) checkHeap(count * ITEM_BYTES)
    if (!this.shape.shared) {
      for (let key = offset + 1; key <= offset + count; key++) this.extract(key)
    }
    this.takeItems(items)
    if (!this.shape.shared) this.migrateToArray()
  }

  /** Takes the item `at` out of a list and moves down those after it. */
  removeItem(at: number): void {
    const { items } = this
    items.splice(at, 1)
    // As if the last one had been set to nil, for a traversal that is under way.
    items.push(undefined)
    this.shrink()
  }

  /** The entry after `key` (undefined for the first) as `[key, value]`, or undefined at the end. */
  next(key: Value): [Value, Value] | undefined {
    const items = this.items
    let slot = 0
    let item = 1
    if (key !== undefined) {
      if (typeof key === 'number' && key >>> 0 === key && key > 0 && key < items.length) {
        item = key + 1
      } else {
        item = items.length
        slot = this.slotOf(key) + 1
      }
    }
    for (; item < items.length; item++) if (items[item] !== undefined) return [item, items[item]]
    slot = this.liveSlot(slot)
    return slot < 0 ? undefined : [this.shape.keys[slot], this.slots[slot]]
  }

  /** The slot of a key that a traversal has visited, or -1 for one that stood at the end of the list part. */
  slotOf(key: Value): number {
    if (this.shape === deferredShape) this.materialize()
    const slot = this.shape.find(key)
    if (slot >= 0) return slot
    const longest = this.items[0] as number | undefined
    if (!isIndex(key) || longest === undefined || key > longest) {
      throw new LuaThrow("invalid key to 'next'")
    }
    return -1
  }

  /** The first slot from `slot` on that holds a value, or -1. */
  liveSlot(slot: number): number {
    if (this.shape === deferredShape) this.materialize()
    const { slots } = this
    const count = this.shape.keys.length
    for (; slot < count; slot++) if (slots[slot] !== undefined) return slot
    return -1
  }

  *entries(): Generator<[Value, Value]> {
    const { items } = this
    for (let i = 1; i < items.length; i++) if (items[i] !== undefined) yield [i, items[i]]
    if (this.shape === deferredShape) this.materialize()
    const { keys } = this.shape
    const { slots } = this
    for (let i = 0, count = keys.length; i < count; i++) {
      if (slots[i] !== undefined) yield [keys[i], slots[i]]
    }
  }

  /** Drops the nils at the end of the list part. */
  private shrink(): void {
    const { items } = this
    const length = items.length - 1
    if (length === 0) return
    while (items.length > 1 && items[items.length - 1] === undefined) items.pop()
    const longest = items[0] as number | undefined
    if (longest === undefined || longest < length) items[0] = length
  }

  /** Moves values that now continue the list part out of the hash part. */
  private migrateToArray(): void {
    for (;;) {
      const value = this.extract(this.items.length)
      if (value === undefined) return
      this.items.push(value)
    }
  }

  /** Takes a whole key out of the hash part, for the list part to cover it. */
  private extract(key: number): Value {
    if (this.shape.shared) return undefined
    const slot = this.shape.forget(key)
    if (slot < 0) return undefined
    const value = this.slots[slot]
    this.slots[slot] = undefined
    return value
  }

  /** Lets the list part have holes, as PUC Lua does when a table grows: a dense list must not stay in the hash part. */
  private resizeArray(): void {
    const { keys } = this.shape
    const size = listSize(keys, this.slots, this.items)
    if (size < this.items.length) return
    const items = this.items === NO_ITEMS ? [undefined] : this.items
    while (items.length <= size) items.push(undefined)
    for (let slot = 0; slot < keys.length; slot++) {
      const key = keys[slot]
      if (isIndex(key) && key <= size) items[key] = this.extract(key)
    }
    this.takeItems(items)
    this.migrateToArray()
  }

  private add(key: Value, value: Value): void {
    if (this.shape.shared) this.shape = dictionaryShape(this.shape.keys)
    else if (this.shape.keys.length >= this.shape.limit) {
      this.rehash()
      // The list part may have grown up to this key.
      if (isIndex(key) && key <= this.items.length) return this.setNumber(key, value)
    }
    this.put(this.shape.append(key), value)
  }

  /**
   * Called when a private shape is full: moves whole-number keys to the list part where they fill more than half
   * of it, drops dead slots if they are many, else lets the shape double.
   */
  private rehash(): void {
    this.resizeArray()
    const { keys } = this.shape
    const live: Value[] = []
    const slots: Value[] = [undefined]
    slots.length = 0
    for (let i = 0; i < keys.length; i++) {
      if (this.slots[i] === undefined) continue
      live.push(keys[i])
      slots.push(this.slots[i])
    }
    if (live.length > keys.length / 2) {
      if (keys.length >= LARGE) charge(keys.length * FIELD_BYTES)
      this.shape.limit *= 2
      return
    }
    this.shape = dictionaryShape(live)
    this.slots = slots
  }
}

/** A table without items that looks like the one that `make` gives, which is made when something looks into it. */
export const deferredTable = (make: () => Table): Table =>
  new Table(deferredShape, [make as unknown as Value])
