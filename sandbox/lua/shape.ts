/**
 * Which keys a table's hash part has and in which slot each value stands. Tables that were given the same
 * fields in the same order share one Shape, so an instruction that has seen it once finds a field without
 * hashing (the idea of hidden classes, as in Self). A *shared* shape never changes and holds strings only. A
 * *private* one belongs to one table, takes any key and grows in place. A *copy-on-write* one is a shared one outside
 * the tree, of tables that share their slots as well (pristine-table.ts): before a write they get their own of both.
 */
import type { Value } from './value.js'

/** A table with more fields is taken for a dictionary. */
const MAX_FIELDS = 128
/** Different next fields of one shape; with more, tables that grow from it are taken for dictionaries. */
const MAX_TRANSITIONS = 64
/**
 * Shared shapes, larger ones counting more, before no more are made and the tree is started anew with the next
 * run: no run's field names are kept for ever, and none can fill the memory with them.
 */
const MAX_WEIGHT = 4096

let weight = 0

export class Shape {
  private index: Map<Value, number> | undefined
  private transitions: Map<string, Shape> | undefined
  /** Slots of the two metamethods that every miss asks for: -2 not looked up yet, -1 absent. */
  private indexSlot = -2
  private newindexSlot = -2
  /** Number of keys at which a private shape next checks whether half of its slots are dead. */
  limit = 16

  constructor(
    readonly keys: Value[],
    readonly shared: boolean,
    readonly copyOnWrite = false
  ) {
    if (shared && !copyOnWrite) weight += 1 + keys.length / 16
  }

  find(key: Value): number {
    const slot = (this.index ?? this.buildIndex()).get(key)
    return slot === undefined ? -1 : slot
  }

  get slotOfIndex(): number {
    return this.indexSlot !== -2 ? this.indexSlot : (this.indexSlot = this.find('__index'))
  }

  get slotOfNewindex(): number {
    return this.newindexSlot !== -2
      ? this.newindexSlot
      : (this.newindexSlot = this.find('__newindex'))
  }

  /** The shape with one more field, or undefined where a dictionary serves better. */
  with(key: string): Shape | undefined {
    const known = this.transitions?.get(key)
    if (known !== undefined) return known
    if (this.keys.length >= MAX_FIELDS || weight >= MAX_WEIGHT) return undefined
    this.transitions ??= new Map()
    if (this.transitions.size >= MAX_TRANSITIONS) return undefined
    const next = new Shape([...this.keys, key], true)
    this.transitions.set(key, next)
    return next
  }

  /** Appends a key to a private shape and gives its slot. */
  append(key: Value): number {
    const slot = this.keys.length
    const index = this.index ?? this.buildIndex()
    this.keys.push(key)
    index.set(key, slot)
    if (key === '__index') this.indexSlot = slot
    else if (key === '__newindex') this.newindexSlot = slot
    return slot
  }

  /** Removes a key from a private shape and gives its slot, or -1. The slot has no key until the shape is made anew. */
  forget(key: Value): number {
    const index = this.index ?? this.buildIndex()
    const slot = index.get(key)
    if (slot === undefined) return -1
    index.delete(key)
    this.keys[slot] = undefined
    return slot
  }

  private buildIndex(): Map<Value, number> {
    const index = new Map<Value, number>()
    for (let i = 0; i < this.keys.length; i++) {
      if (this.keys[i] !== undefined) index.set(this.keys[i], i)
    }
    return (this.index = index)
  }
}

/**
 * Counts changes of tables whose shape is copy-on-write: of their fields, list part or metatable. Pristine tables are
 * checked only when it has advanced.
 */
export let cowEpoch = 0

/** To be called before such a change. */
export function advanceCowEpoch(): void {
  cowEpoch++
}

/** The shape of tables without fields. */
export let emptyShape = new Shape([], true)

/**
 * The shape of tables whose hash part is made at the first look into it (`deferredTable`): it has no names. It counts
 * as copy-on-write, since whatever writes to such a table asks for that first.
 */
export const deferredShape = new Shape([], true, true)

/** The shape of a table that was given these fields one by one, or undefined where a dictionary serves better. */
export function shapeOf(keys: readonly string[]): Shape | undefined {
  let shape: Shape | undefined = emptyShape
  for (const key of keys) shape = shape?.with(key)
  return shape
}

/** A private shape with these keys to begin with, and room for as many again. */
export function dictionaryShape(keys: readonly Value[]): Shape {
  const shape = new Shape(keys.slice(), false)
  shape.limit = Math.max(16, keys.length * 2)
  return shape
}

/** To be called between runs: forgets the tree once it has grown large. */
export function trimShapes(): void {
  if (weight < MAX_WEIGHT) return
  weight = 0
  emptyShape = new Shape([], true)
}
