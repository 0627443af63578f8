/** Functions: those written in Lua, with the variables they captured, and those written in JavaScript. */
import type { Code } from './compiler/code.js'
import type { Value } from './value.js'

/** A variable of an enclosing function: in that function's register while it runs, in a box of its own afterwards. */
export class Upvalue {
  constructor(
    public cells: Value[],
    public index: number,
    public next: Upvalue | null
  ) {}
}

export function closedUpvalue(value: Value): Upvalue {
  const cells: Value[] = [undefined]
  cells[0] = value
  return new Upvalue(cells, 0, null)
}

/** A function written in Lua. */
export class Closure {
  constructor(
    readonly code: Code,
    readonly upvalues: Upvalue[]
  ) {}
  get type(): 'function' {
    return 'function'
  }
}

/**
 * A chunk as a function: its first upvalue is the environment. The list is made by pushing, as those of all closures
 * are; one of another kind costs a second compilation of the main loop.
 */
export function closureOf(code: Code, environment: Value): Closure {
  const upvalues: Upvalue[] = []
  for (let i = 0; i < code.upvalues.length; i++) {
    upvalues.push(closedUpvalue(i === 0 ? environment : undefined))
  }
  return new Closure(code, upvalues)
}

/** Several results of a native function, or none; a single one is returned bare. */
export type Returned = Value | Value[]

/** Natives the machine carries out itself: they push frames, switch coroutines, or drive a generic `for`. */
export const enum Intrinsic {
  none,
  pcall,
  xpcall,
  yield,
  next,
  ipairs
}

/** A function written in JavaScript: gets the arguments that were given, no more and no fewer. */
export class Native {
  constructor(
    readonly name: string,
    readonly call: (...args: Value[]) => Returned,
    readonly intrinsic: Intrinsic = Intrinsic.none
  ) {}

  get type(): 'function' {
    return 'function'
  }
}
