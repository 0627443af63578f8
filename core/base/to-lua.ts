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

/** The function of a library whose code this is, the very same that Lua finds there. */
export class Builtin<F extends object = object> {
  constructor(readonly body: F) {}
}
