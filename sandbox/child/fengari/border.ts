/** Where JavaScript and Lua meet: values in, functions in, and errors that must not cross as they are. */
import { LuaRaise, Results, WithMethods } from '../engine.js'
import type { LuaValue, NativeFunction, ToLua } from '../engine.js'
import { LuaError, Raise, ArgumentError } from './errors.js'
import { copyTable, toTable } from './library/library.js'
import { Table } from './table.js'
import { Closure, Coroutine, Native } from './value.js'
import type { Returned, Value } from './value.js'

/** How deep arrays and objects may nest; beyond, a Lua error is better than a full JavaScript stack. */
const DEEPEST = 1000

export interface Border {
  /** A value of JavaScript as one of Lua. */
  toLua (value: ToLua): Value
  /** A function of JavaScript as one of Lua, under the name that messages give it. */
  toNative (name: string, body: NativeFunction): Native
}

export function createBorder (onInternalError: (name: string, error: unknown) => void): Border {
  /** Tables of methods by their declaration, so that each is made once. */
  const methodTables = new WeakMap<object, Table>()

  function toLua (value: ToLua, depth = 0): Value {
    if (typeof value !== 'object' || value === null) return value ?? undefined
    if (value instanceof Table || value instanceof Closure || value instanceof Native || value instanceof Coroutine) return value
    if (depth > DEEPEST) throw new Raise(`value nests deeper than ${DEEPEST} levels`)
    if (Array.isArray(value)) return fromArray(value as readonly ToLua[], depth)
    if (value instanceof Map) return fromMap(value as ReadonlyMap<string | number, ToLua>, depth)
    if (value instanceof WithMethods) return withMethods(value, depth)
    const table = new Table()
    for (const [key, inner] of Object.entries(value as Record<string, ToLua>)) {
      const converted = toLua(inner, depth + 1)
      if (converted !== undefined) table.addField(key, converted)
    }
    return table
  }

  function fromArray (values: readonly ToLua[], depth: number): Table {
    const table = new Table()
    if (values.length === 0) return table
    const items: Value[] = [undefined]
    for (const value of values) items.push(toLua(value, depth + 1))
    table.takeItems(items)
    return table
  }

  function fromMap (values: ReadonlyMap<string | number, ToLua>, depth: number): Table {
    const table = new Table()
    for (const [key, value] of values) table.set(key, toLua(value, depth + 1))
    return table
  }

  function withMethods ({ table, methods }: WithMethods, depth: number): Value {
    const made = toLua(table, depth + 1)
    if (!(made instanceof Table)) return made
    let template = methodTables.get(methods)
    if (template === undefined) {
      template = toTable(Object.entries(methods).map(([name, body]) => [name, toNative(name, body)] as const))
      methodTables.set(methods, template)
    }
    made.meta = toTable([['__index', copyTable(template)]])
    return made
  }

  function toNative (name: string, body: NativeFunction): Native {
    return new Native(name, (...args): Returned => {
      try {
        const result = body(...args as LuaValue[])
        return result instanceof Results ? result.values.map(value => toLua(value)) : toLua(result)
      } catch (error) {
        throw toRaise(name, error)
      }
    })
  }

  function toRaise (name: string, error: unknown): unknown {
    if (error instanceof LuaRaise) return new Raise(error.message)
    // Lua's own errors, and a full stack, belong to whoever protects the call.
    if (error instanceof LuaError || error instanceof Raise || error instanceof ArgumentError) return error
    if (error instanceof RangeError && error.message.startsWith('Maximum call stack')) return error
    onInternalError(name, error)
    return new Raise(`internal error in '${name}'`)
  }

  return { toLua: value => toLua(value), toNative }
}
