/** Where JavaScript and Lua meet: values in, functions in, and errors that must not cross as they are. */
import { Fields, LuaRaise, Results, WithMethods } from './api.js'
import type { LuaValue, NativeFunction, ToLua } from './api.js'
import { LuaError, Raise, ArgumentError } from './errors.js'
import { charge, chargeString } from './memory.js'
import { RecentShapes } from './record-shape-cache.js'
import { Table } from './table.js'
import { MetaTemplate, Template } from './pristine-table.js'
import { Closure, Coroutine, Native } from './value.js'
import type { Returned, Value } from './value.js'

/** Levels that are converted by recursion; what lies deeper is put aside first, so that it takes no stack. */
const RECURSION = 100
/** A Map with so few fields is taken for a record, one of many alike, which then share a shape; a larger one for a dictionary. */
const MOST_RECORD_FIELDS = 16
/** Rough bytes of one entry of a list, for the account of the run. */
const ITEM_BYTES = 16

export interface Border {
  /** A value of JavaScript as one of Lua. */
  toLua(value: ToLua): Value
  /** A function of JavaScript as one of Lua, under the name that messages give it. */
  toNative(name: string, body: NativeFunction): Native
  /** To be called after each run: what it has done to methods is forgotten. */
  renew(): void
}

/** A message as bytes: as it is where every unit is a byte already, else in UTF-8. */
const toBinary = (text: string): string =>
  /[^\0-\xff]/.test(text) ? Buffer.from(text).toString('latin1') : text

export function createBorder(onInternalError: (name: string, error: unknown) => void): Border {
  /** Methods by their declaration, so that each is made once. */
  const methodsOf = new WeakMap<object, MetaTemplate>()
  /** Those of the run. */
  const used: MetaTemplate[] = []

  /** Containers below the recursion, each with its table, which is already where it belongs but still empty. */
  const aside: Array<readonly [source: object, table: Table]> = []

  const shapes = new RecentShapes()

  function convert(value: ToLua): Value {
    // Left over when the one before ran out of memory.
    aside.length = 0
    if (typeof value === 'string') chargeString(value.length)
    const converted = toLua(value, 0)
    for (let next = aside.pop(); next !== undefined; next = aside.pop()) fill(next[1], next[0], 1)
    return converted
  }

  function toLua(value: ToLua, depth: number): Value {
    if (typeof value !== 'object' || value === null) return value ?? undefined
    if (value instanceof Fields) return fromFields(value, depth)
    if (value instanceof WithMethods) return withMethods(value, depth)
    if (
      value instanceof Table ||
      value instanceof Closure ||
      value instanceof Native ||
      value instanceof Coroutine
    ) {
      return value
    }
    const table = new Table()
    if (depth >= RECURSION) aside.push([value, table])
    else fill(table, value, depth + 1)
    return table
  }

  function fill(table: Table, source: object, depth: number): void {
    if (Array.isArray(source)) fromArray(table, source as readonly ToLua[], depth)
    else if (source instanceof Map) {
      fromMap(table, source as ReadonlyMap<string | number, ToLua>, depth)
    } else fromObject(table, source as Record<string, ToLua>, depth)
  }

  function fromArray(table: Table, values: readonly ToLua[], depth: number): void {
    if (values.length === 0) return
    charge(values.length * ITEM_BYTES)
    const items: Value[] = [undefined]
    for (const value of values) items.push(toLua(value, depth))
    table.takeItems(items)
  }

  function fromMap(table: Table, values: ReadonlyMap<string | number, ToLua>, depth: number): void {
    const record = values.size <= MOST_RECORD_FIELDS
    for (const [key, value] of values) {
      const converted = toLua(value, depth)
      if (!record || typeof key !== 'string') table.set(key, converted)
      else if (converted !== undefined) table.addField(key, converted)
    }
  }

  function fromFields(fields: Fields, depth: number): Table {
    const { names, values } = fields
    if (names.length === 0) return new Table()
    charge(values.length * ITEM_BYTES)
    const slots = values as Value[]
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (typeof value === 'object') slots[i] = toLua(value, depth)
    }
    const shape = names.length <= MOST_RECORD_FIELDS ? shapes.of(names) : undefined
    if (shape !== undefined) return new Table(shape, slots)
    const table = new Table()
    for (let i = 0; i < names.length; i++) table.set(names[i], slots[i])
    return table
  }

  function fromObject(table: Table, values: Readonly<Record<string, ToLua>>, depth: number): void {
    for (const key in values) {
      const converted = toLua(values[key] as ToLua, depth)
      if (converted !== undefined) table.addField(key, converted)
    }
  }

  function withMethods({ table, methods }: WithMethods, depth: number): Value {
    const made = toLua(table, depth + 1)
    if (!(made instanceof Table)) return made
    let known = methodsOf.get(methods)
    if (known === undefined) {
      known = new MetaTemplate(
        new Template(
          Object.entries(methods).map(([name, body]) => [name, toNative(name, body)] as const)
        )
      )
      methodsOf.set(methods, known)
    }
    made.meta = known.renew()
    used.push(known)
    return made
  }

  function toNative(name: string, body: NativeFunction): Native {
    return new Native(name, (...args): Returned => {
      try {
        const result = body(...(args as LuaValue[]))
        return result instanceof Results ? result.values.map(convert) : convert(result)
      } catch (error) {
        throw toRaise(name, error)
      }
    })
  }

  function toRaise(name: string, error: unknown): unknown {
    if (error instanceof LuaRaise) return new Raise(toBinary(error.message))
    // Lua's own errors, and a full stack, belong to whoever protects the call.
    if (error instanceof LuaError || error instanceof Raise || error instanceof ArgumentError) {
      return error
    }
    if (error instanceof RangeError && error.message.startsWith('Maximum call stack')) return error
    onInternalError(name, error)
    return new Raise(`internal error in '${name}'`)
  }

  function renew(): void {
    for (let meta = used.pop(); meta !== undefined; meta = used.pop()) meta.renew()
  }

  return { toLua: convert, toNative, renew }
}
