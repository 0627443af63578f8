/**
 * What is thrown while Lua runs. None of these is a JavaScript Error: no stack is captured, so raising and
 * catching a Lua error costs little, and no JavaScript text can reach Lua.
 */
import type { Value } from './value.js'

/** A Lua error with its final value. */
export class LuaError {
  constructor(readonly value: Value) {}
}

/** The limit on memory was met. No position is put in front, as in PUC Lua. */
export class MemoryError extends LuaError {
  constructor() {
    super('not enough memory')
  }
}

/** A message that still wants the position of the running Lua function in front, as luaL_error gives. */
export class LuaThrow {
  constructor(readonly message: string) {}
}

/** A wrong argument (from 1). The function's name is found from the call when the error is caught. */
export class ArgumentError {
  constructor(
    readonly index: number,
    readonly message: string
  ) {}
}
