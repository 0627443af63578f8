/**
 * The interface between the sandbox and whatever executes Lua: prepare a version once, run an invocation in a
 * fresh environment, convert values, position errors. Nothing outside `sandbox/lua/` may know which engine
 * is behind it.
 */

import type { Builtin, Callable, Noted, TailCall } from '../../core/base/to-lua.js'

export { Callable, LuaRaise, TailCall } from '../../core/base/to-lua.js'

/**
 * A value as it crosses between JavaScript and Lua. A Lua string is a *binary string*: a JavaScript string with one
 * unit (0–255) for each byte. `undefined` is nil. Tables and functions of Lua are handles, valid until their run ends.
 */
export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction

/** A Lua table, read and written raw: no metamethod ever runs. */
export interface LuaTable {
  readonly type: 'table'
  get(key: LuaValue): LuaValue
  set(key: LuaValue, value: LuaValue): void
  /** The length as `rawlen` gives it. */
  length(): number
  entries(): Iterable<[LuaValue, LuaValue]>
  /** The same for handles of the same table; for finding cycles. */
  identity(): object
}

export interface LuaFunction {
  readonly type: 'function'
}

/** What JavaScript may hand to Lua: arrays become lists, Maps and plain objects become tables, deeply. */
export type ToLua =
  | LuaValue
  | readonly ToLua[]
  | ReadonlyMap<string | number, ToLua>
  | { readonly [key: string]: ToLua }
  | Fields
  | Deferred
  | WithMethods
  | Noted<readonly ToLua[] | ReadonlyMap<string, ToLua>>
  | Builtin<NativeFunction>
  | Callable<NativeFunction>

/** A record, one of many with the same fields, made cheaply: `values` becomes the table's own. Names are unique. */
export class Fields {
  constructor(
    readonly names: readonly string[],
    readonly values: ToLua[]
  ) {}
}

/**
 * A record that is made when something first looks into its table, if ever. `make` is called once at most, and again
 * only where memory was short: so it gives a new one each time.
 */
export class Deferred {
  constructor(readonly make: () => Fields) {}
}

/**
 * A table that also has methods, as `event:header('x-name')`. They stand in an `__index` table of its metatable,
 * so code that walks or reads the table raw does not see them. Keep one `methods` object for all tables of a kind.
 */
export class WithMethods {
  constructor(
    readonly table: ToLua,
    readonly methods: { readonly [name: string]: NativeFunction }
  ) {}
}

/** Several results of one native function, as `return a, b` in Lua. */
export class Results {
  constructor(readonly values: readonly ToLua[]) {}
}

/**
 * A function of JavaScript that Lua can call. Missing arguments are absent from `args` (so `args.length` is
 * what `select('#', ...)` would give). A thrown LuaRaise becomes a Lua error that `pcall` catches; any other
 * thrown value becomes the error "internal error in 'name'", with no JavaScript text in it, and is given to
 * `onInternalError`.
 */
export type NativeFunction = (...args: LuaValue[]) => ToLua | Results | TailCall<LuaFunction>

/** A library as `_G[name]`: a new table for every run, so that what a run does to it ends with the run. */
export interface Library {
  readonly name: string
  readonly functions: { readonly [name: string]: NativeFunction }
}

export interface EngineOptions {
  readonly libraries: readonly Library[]
  /** Modules written in Lua (binary strings), loaded by `require(name)`. */
  readonly sources?: { readonly [name: string]: string }
  /** `print` writes here, one call a line, without the newline. */
  readonly print: (line: string) => void
  /** The one clock (milliseconds since 1970) and the one random source, so that a run can be replayed. */
  readonly now: () => number
  readonly random: () => number
  readonly onInternalError?: (name: string, error: unknown) => void
  /** Bytes one run may hold in strings and tables, as far as the engine can tell; beyond: "not enough memory". */
  readonly memoryLimit: number
}

/** How a run ended badly. `message` is as Lua raised it, with its `chunk:line:` prefix. */
export interface LuaFaultInfo {
  readonly kind: 'syntax' | 'load' | 'runtime' | 'memory' | 'no-handler' | 'bad-return'
  readonly message: string
  readonly line?: number
  /** From 1; syntax errors only. */
  readonly column?: number
  readonly traceback?: string
  /** The field `code` of a table that was raised. */
  readonly code?: string
}

export class LuaFault extends Error {
  constructor(readonly info: LuaFaultInfo) {
    super(info.message)
  }
}

/** A compiled version; holds nothing of any run. */
export interface Program {
  readonly chunkName: string
}

/** Calls a function of the run that is going on. Throws a LuaFault when that raises an error. */
export type CallLua = (callee: LuaFunction, args: readonly ToLua[]) => void

export interface Engine {
  /** One more module for `require`, unless there is one of that name. It is compiled when it is first required. */
  addModule(name: string, code: string, chunkName: string): void
  /** Compiles text (never bytecode). Throws a LuaFault of kind 'syntax', with line and column. */
  prepare(code: string, chunkName: string): Program
  /**
   * Runs the chunk and then `handler(ctx, event)` in an environment nothing has touched before. Gives the
   * table that the handler returned. Throws a LuaFault for everything else. `memory` is the run's own limit in bytes,
   * where that is less than `memoryLimit`; 0: it has none.
   */
  run(program: Program, ctx: ToLua, event: ToLua, memory?: number): LuaTable
  /** The same, but the run goes on until `finish`, which gets the handler's table, returns: it may call functions. */
  runWith<T>(
    program: Program,
    ctx: ToLua,
    event: ToLua,
    memory: number,
    finish: (result: LuaTable, call: CallLua) => T
  ): T
}
