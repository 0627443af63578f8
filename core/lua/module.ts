/**
 * The contract of Lua modules: a Lua API is declared once, here, and everything else is made from the
 * declaration: the stub and argument check in the sandbox, completion and hover in the editor, /llms.txt,
 * the README's table, LuaLS files.
 */
import type { Caller } from '../contracts/invocation.js'
import type { LogLevel } from '../contracts/records.js'
import type { LuaType, Result, Static } from './types/declare.js'

/** A parameter. It may be left out when its type is `Optional`. */
export interface Param<N extends string = string, T extends LuaType = LuaType> {
  readonly name: N
  readonly type: T
  readonly doc: string
}

type ArgumentsOf<P> = P extends readonly [infer Head, ...infer Rest]
  ? [Head extends { type: infer T } ? Static<T> : never, ...ArgumentsOf<Rest>]
  : []

/** What a host function knows of the invocation that calls it; filled in by the server, never by the child. */
export interface HostCall {
  readonly functionId: string
  readonly functionName: string
  readonly versionId: string
  readonly executionId: string
  readonly trigger: string
  /** Aborted when the invocation ends for whatever reason: its deadline, its end, the server's stop. */
  readonly signal: AbortSignal
  /**
   * The invocation as the caller of another one, for which its Lua waits in this call: what is called ends with it.
   * Throws LOOP_DETECTED when functions have called each other too deep.
   */
  readonly asCaller: () => Caller
  /** Counts work that is done in one call as `calls` more of what the execution may ask for. */
  readonly count: (calls: number) => void
  /** Adds to the execution's logs, masked. */
  readonly log: (level: LogLevel, message: string) => void
}

interface Described<P extends readonly Param[], R extends LuaType> {
  /** The promise in a sentence or two, then limits and errors. Markdown. */
  readonly doc: string
  readonly params: P
  readonly returns: R
  /** What is returned, in words; needed when the type alone does not say it. */
  readonly returnDoc?: string
  /** True when a failure of the outside world gives `nil, message` (LuaFailure) instead of a Lua error. */
  readonly fails?: boolean
  /** A runnable body of a handler. Every example is run by a test. */
  readonly example: string
}

export interface OneWay {
  readonly result: boolean | undefined
  /**
   * While this is true for a function, Lua waits for its one-way calls all the same, so that it can catch their errors.
   * Asked when an invocation begins and after each such call, so it must be cheap; errors may still come late for the
   * last 256 KiB that an invocation has sent.
   */
  readonly mustWait?: (functionId: string) => boolean
}

/** A function that runs in the server; Lua reaches it over the channel. */
export interface HostFunction<
  P extends readonly Param[] = readonly Param[],
  R extends LuaType = LuaType
> extends Described<P, R> {
  readonly place: 'host'
  /**
   * Set where Lua need not wait for the result: the call travels with the next frame and Lua gets this value
   * at once. A later failure makes the invocation fail, so nothing is lost silently.
   */
  readonly oneWay?: OneWay
  readonly run: (call: HostCall, ...args: ArgumentsOf<P>) => Promise<Result<R>> | Result<R>
}

/** Runs in the sandbox; its code is `plugins/lua/<module>/local.ts`, under the same name. */
export interface LocalFunction<
  P extends readonly Param[] = readonly Param[],
  R extends LuaType = LuaType
> extends Described<P, R> {
  readonly place: 'local'
  /** True for a value that is written without parentheses, such as `json.null`. It has no parameters. */
  readonly isValue?: true
}

/** Any declared function. `run` is typed loosely here because parameter types differ from function to function. */
export type LuaFunctionDeclaration =
  | LocalFunction
  | (Omit<HostFunction, 'run'> & {
      readonly run: (call: HostCall, ...args: never[]) => unknown
    })

/** A Lua API: what becomes a global table, or with `source` what `require` loads. */
export interface LuaModule {
  /** The global name in Lua. */
  readonly name: string
  readonly doc: string
  readonly functions: { readonly [name: string]: LuaFunctionDeclaration }
  /**
   * For a module written in Lua: its source, loaded by `require(name)` only. Its functions are declared with `local`.
   * Host functions of the same module are in the global table of its name, for the source to use.
   */
  readonly source?: string
}

/** Declares a parameter. Its name stands in messages and documentation. */
export const param = <const N extends string, const T extends LuaType>(
  name: N,
  type: T,
  doc: string
): Param<N, T> => ({ name, type, doc })

/** Declares a function that runs in the server: `run` gets the call and the arguments, checked and converted. */
export const host = <const P extends readonly Param[], const R extends LuaType>(
  declaration: Omit<HostFunction<P, R>, 'place'>
): HostFunction<P, R> => ({ place: 'host', ...declaration })

/** Declares a function whose code is in the sandbox: built in, or in the module's Lua `source`. */
export const local = <const P extends readonly Param[], const R extends LuaType>(
  declaration: Omit<LocalFunction<P, R>, 'place'>
): LocalFunction<P, R> => ({ place: 'local', ...declaration })

/** Declares a module. Add it with `server.lua.add(module, 'name of the plugin')`. */
export const luaModule = <const M extends Omit<LuaModule, 'name'>>(
  name: string,
  declaration: M
): LuaModule & M => ({ name, ...declaration })
