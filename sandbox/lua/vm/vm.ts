/** What the parts of the virtual machine know of each other: the state of a run, and calls into Lua. */
import type { Coroutine } from '../coroutine.js'
import type { LuaError } from '../errors.js'
import type { Closure } from '../function.js'
import type { Table } from '../table.js'
import type { Value } from '../value.js'

/**
 * The state of one run: what is running, how deep JavaScript and Lua call each other, and calls from JavaScript
 * into Lua. Everything a run can change hangs from here and goes with it.
 */
export interface Vm {
  main: Coroutine
  current: Coroutine
  /** Calls from JavaScript into Lua in progress. */
  depth: number
  /** What `depth` was when the main loop that is running was entered: unlike it, a library function is running. */
  loopDepth: number
  /** A message handler is running: it gets room that the failed code no longer had. */
  handling: boolean
  globals: Table
  stringMeta: Table
  /** Runs a native function as a coroutine's body or under pcall. */
  readonly trampoline: Closure
  /** Calls any value; all results. */
  callAll(callee: Value, args: readonly Value[]): Value[]
  /** Calls any value; its first result. */
  callFirst(callee: Value, args: readonly Value[]): Value
  /** Calls any value as pcall does: its first result, or the error. */
  tryFirst(callee: Value, args: readonly Value[]): { readonly value: Value } | LuaError
  /** Calls an operator's metamethod. `flags` are FrameFlags. */
  operate(handler: Value, args: readonly Value[], flags?: number): Value
  /** A way to call `callee` many times with two arguments: whether the first result is true. */
  repeatedTest(callee: Value): (a: Value, b: Value) => boolean
  /** Counts a call from JavaScript into Lua; the matching exit is `depth--`, or the catch of the protected call. */
  enter(): void
  /** What was thrown, as the Lua error it means; the position is that of the frame still on top. */
  toLuaError(thrown: unknown, co: Coroutine): LuaError
}
