/**
 * How a function of a Lua module, host or local, reports what went wrong. Anything else it throws reaches
 * Lua only as "internal error in 'module.function'", and the server's log in full.
 */

/** A failure of the outside world: Lua gets `nil, message`. Only for functions declared with `fails`. */
export class LuaFailure extends Error {
  override name = 'LuaFailure'
}

/** Misuse: raised in Lua as an error, with the position of the caller put in front of the message. */
export class LuaMisuse extends Error {
  override name = 'LuaMisuse'
}
