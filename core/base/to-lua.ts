/**
 * Values that local functions hand to Lua for which JavaScript has no form of its own; `sandbox/lua/api.ts` says
 * which.
 */

/** A table that JavaScript keeps something about: `made` is called with its identity as soon as there is one. */
export class Noted<T extends object = object> {
  constructor(
    readonly table: T,
    readonly made: (identity: object) => void
  ) {}
}

/** Raises a Lua error from a native function. The caller's position is put in front, as `luaL_error` does. */
export class LuaRaise extends Error {}

/** A function of JavaScript that becomes one of Lua's, new each time; `name` is that in messages. */
export class Callable<F extends object = object> {
  constructor(
    readonly name: string,
    readonly body: F
  ) {}
}

/** As a result: what `callee`, a function of Lua, gives for these arguments. */
export class TailCall<F extends object = object> {
  constructor(
    readonly callee: F,
    readonly args: readonly unknown[]
  ) {}
}

/** The function of a library whose code this is, the very same that Lua finds there. */
export class Builtin<F extends object = object> {
  constructor(readonly body: F) {}
}
