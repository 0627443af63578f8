/**
 * Lua values as JavaScript values. Nil is undefined, numbers are doubles, strings are binary strings: nothing is
 * boxed, where Fengari wraps each value in a TValue (its lobject.js, lstring.js, lfunc.js and lstate.js).
 */

/** A value that Lua compares by identity: a Table, a Closure, a Native or a Coroutine. */
export interface LuaObject {
  readonly type: 'table' | 'function' | 'thread'
}

export type Value = undefined | boolean | number | string | LuaObject

export function typeName(value: Value): string {
  switch (typeof value) {
    case 'undefined':
      return 'nil'
    case 'object':
      return value.type
    default:
      return typeof value
  }
}
