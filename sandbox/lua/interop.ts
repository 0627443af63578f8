/** Where JavaScript and Lua meet: values in, functions in, and errors that must not cross as they are. */
import { Builtin, Callable, Noted, TailCall } from '../../core/base/to-lua.js'
import { Deferred, Fields, LuaRaise, Results, WithMethods } from './api.js'
import type { LuaValue, NativeFunction, ToLua } from './api.js'
import { LuaError, LuaThrow, ArgumentError } from './errors.js'
import { charge, chargeString } from './memory.js'
import { RecordShapeCache } from './record-shape-cache.js'
import { deferredTable, Table } from './table.js'
import { PristineMetatable, PristineTable } from './pristine-table.js'
import { Closure, Native } from './function.js'
import { Coroutine } from './coroutine.js'
import type { Returned } from './function.js'
import type { Value } from './value.js'
import type { Vm } from './vm/vm.js'

/** Levels that are converted by recursion; deeper ones are deferred, so that they take no stack. */
const MAX_RECURSION = 100
/**
 * A Map with at most this many fields is taken for a record, one of many alike, which then share a shape; a larger
 * one for a dictionary.
 */
const MAX_RECORD_FIELDS = 16
/** Rough bytes of one entry of a list, for the account of the run. */
const ITEM_BYTES = 16
/** The same of what is kept about one table. */
const NOTE_BYTES = 64

/** A message as bytes: as it is where every unit is a byte already, else in UTF-8. */
const toBinary = (text: string): string =>
  /[^\0-\xff]/.test(text) ? Buffer.from(text).toString('latin1') : text

const isObjectOfLua = (value: unknown): value is Table | Closure | Native | Coroutine =>
  value instanceof Table ||
  value instanceof Closure ||
  value instanceof Native ||
  value instanceof Coroutine

export class Interop {
  /** Metatables by their declaration of methods, so that each is made once. */
  private readonly metatables = new WeakMap<object, PristineMetatable>()
  /** Metatables that the run was given. */
  private readonly used: PristineMetatable[] = []
  /** Containers below the recursion, each with its table, which is already in place but still empty. */
  private readonly deferred: Array<readonly [source: object, table: Table]> = []
  private readonly shapes = new RecordShapeCache()
  private readonly natives = new WeakMap<NativeFunction, Native>()

  constructor(
    private readonly vm: Pick<Vm, 'callAll'>,
    private readonly onInternalError: (name: string, error: unknown) => void
  ) {}

  /** A value of JavaScript as one of Lua. */
  toLua(value: ToLua): Value {
    const { deferred } = this
    // Entries are left over when the conversion before this one ran out of memory.
    deferred.length = 0
    if (typeof value === 'string') chargeString(value.length)
    const converted = this.convert(value, 0)
    for (let next = deferred.pop(); next !== undefined; next = deferred.pop()) {
      this.fill(next[1], next[0], 1)
    }
    return converted
  }

  /** A function of JavaScript as one of Lua, under the name that messages give it. */
  toNative(name: string, body: NativeFunction): Native {
    const native = new Native(name, (...args): Returned => {
      try {
        const result = body(...(args as LuaValue[]))
        if (result instanceof Results) return result.values.map(value => this.toLua(value))
        return result instanceof TailCall ? this.callTail(result) : this.toLua(result)
      } catch (error) {
        throw this.toThrow(name, error)
      }
    })
    this.natives.set(body, native)
    return native
  }

  private callTail({ callee, args }: TailCall): Value[] {
    const values = args.map(value => this.toLua(value as ToLua))
    return this.vm.callAll(callee as Value, values)
  }

  /** To be called after each run: undoes what it did to methods. */
  reset(): void {
    for (let meta = this.used.pop(); meta !== undefined; meta = this.used.pop()) meta.fresh()
  }

  private convert(value: ToLua, depth: number): Value {
    if (typeof value !== 'object' || value === null) return value ?? undefined
    if (value instanceof Fields) return this.fromFields(value, depth)
    if (value instanceof Deferred) return deferredTable(() => this.fromFields(value.make(), 0))
    if (value instanceof WithMethods) return this.withMethods(value, depth)
    if (isObjectOfLua(value)) return value
    if (value instanceof Builtin) return this.natives.get(value.body as NativeFunction)
    if (value instanceof Callable) {
      return this.toNative(value.name, value.body as NativeFunction)
    }
    const table = new Table()
    if (depth >= MAX_RECURSION) this.deferred.push([value, table])
    else this.fill(table, value, depth + 1)
    return table
  }

  private fill(table: Table, source: object, depth: number): void {
    if (Array.isArray(source)) this.fromArray(table, source as readonly ToLua[], depth)
    else if (source instanceof Map) {
      this.fromMap(table, source as ReadonlyMap<string | number, ToLua>, depth)
    } else if (source instanceof Noted) {
      charge(NOTE_BYTES)
      source.made(table)
      this.fill(table, source.table as object, depth)
    } else this.fromObject(table, source as Record<string, ToLua>, depth)
  }

  private fromArray(table: Table, values: readonly ToLua[], depth: number): void {
    if (values.length === 0) return
    charge(values.length * ITEM_BYTES)
    const items: Value[] = [undefined]
    for (const value of values) items.push(this.convert(value, depth))
    table.takeItems(items)
  }

  private fromMap(table: Table, values: ReadonlyMap<string | number, ToLua>, depth: number): void {
    const isRecord = values.size <= MAX_RECORD_FIELDS
    for (const [key, value] of values) {
      const converted = this.convert(value, depth)
      if (!isRecord || typeof key !== 'string') table.set(key, converted)
      else if (converted !== undefined) table.addField(key, converted)
    }
  }

  private fromFields(fields: Fields, depth: number): Table {
    const { names, values } = fields
    if (names.length === 0) return new Table()
    charge(values.length * ITEM_BYTES)
    const slots = values as Value[]
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (typeof value === 'object') slots[i] = this.convert(value, depth)
    }
    const shape = names.length <= MAX_RECORD_FIELDS ? this.shapes.of(names) : undefined
    if (shape !== undefined) return new Table(shape, slots)
    const table = new Table()
    for (let i = 0; i < names.length; i++) table.set(names[i], slots[i])
    return table
  }

  private fromObject(table: Table, values: Readonly<Record<string, ToLua>>, depth: number): void {
    for (const key in values) {
      const converted = this.convert(values[key] as ToLua, depth)
      if (converted !== undefined) table.addField(key, converted)
    }
  }

  private withMethods({ table, methods }: WithMethods, depth: number): Value {
    const made = this.convert(table, depth + 1)
    if (!(made instanceof Table)) return made
    let metatable = this.metatables.get(methods)
    if (metatable === undefined) {
      metatable = this.metatableOf(methods)
      this.metatables.set(methods, metatable)
    }
    made.meta = metatable.fresh()
    this.used.push(metatable)
    return made
  }

  private metatableOf(methods: WithMethods['methods']): PristineMetatable {
    const natives = Object.entries(methods).map(
      ([name, body]) => [name, this.toNative(name, body)] as const
    )
    return new PristineMetatable(new PristineTable(natives))
  }

  private toThrow(name: string, error: unknown): unknown {
    if (error instanceof LuaRaise) return new LuaThrow(toBinary(error.message))
    // Lua's own errors, and a full stack, belong to what protects the call.
    if (error instanceof LuaError || error instanceof LuaThrow || error instanceof ArgumentError) {
      return error
    }
    if (error instanceof RangeError && error.message.startsWith('Maximum call stack')) return error
    this.onInternalError(name, error)
    return new LuaThrow(`internal error in '${name}'`)
  }
}
