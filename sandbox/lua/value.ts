/**
 * Lua values as JavaScript values. Nil is undefined, numbers are doubles, strings are binary strings: nothing is
 * boxed, where Fengari wraps each value in a TValue (its lobject.js, lstring.js, lfunc.js and lstate.js).
 */
import { NO_CODE } from './compiler/code.js'
import type { Code } from './compiler/code.js'
import type { Table } from './table.js'

export type Value = undefined | boolean | number | string | Table | Closure | Native | Coroutine

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
export const enum Special {
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
    readonly special: Special = Special.none
  ) {}

  get type(): 'function' {
    return 'function'
  }
}

export const enum FrameFlag {
  /** Called by JavaScript: returning ends that call of `execute`. */
  fresh = 1,
  /** The function that pcall or xpcall protects. */
  protected = 2,
  /** Took the place of its caller by a tail call. */
  tail = 4,
  /** A metamethod that an operator called: its result goes where the operator's would have gone. */
  meta = 8,
  /** Its result is the opposite of the comparison's. */
  negated = 16
}

/** One call of a Lua function. Frames are kept and used again: `next` may be one that has returned. */
export class Frame {
  next: Frame | null = null
  closure: Closure = NO_CLOSURE
  /** Where the called function stands; results go there. */
  func = 0
  base = 0
  /** First slot above the registers. */
  top = 0
  /** The next instruction; up to date whenever something may raise. */
  pc = 0
  /** Results wanted, -1 for all. */
  wanted = 0
  flags = 0
  /** Message handler of xpcall. */
  handler: Value
  /** Of a concatenation that called this metamethod: what is still to be put in front, and in which register it began. */
  pending: Value[] = NOTHING_PENDING
  constructor(
    readonly previous: Frame | null,
    readonly depth: number
  ) {}
}

// The frame below all others runs nothing; it still has a closure, so that all frames look alike to V8.
const NOTHING_PENDING: Value[] = []
const NO_CLOSURE = new Closure(NO_CODE, [])

export type Status = 'suspended' | 'running' | 'normal' | 'dead'

const EMPTY_STACK = new Array<Value>(64).fill(undefined)

/** A coroutine: a stack of registers and a chain of frames. The main program runs in one as well. */
export class Coroutine {
  readonly stack: Value[] = EMPTY_STACK.slice()
  readonly bottom = new Frame(null, 0)
  frame = this.bottom
  /** Upvalues still in registers, the highest first. */
  open: Upvalue | null = null
  /** End of a list of values whose length only the last instruction knew. */
  top = 0
  status: Status = 'suspended'
  /** Calls by JavaScript in progress; while there are any it cannot yield. */
  unyieldable = 0
  /** What the last yield handed out, and where its results are to be put. */
  transfer: Value[] = []
  yieldSlot = 0
  yieldWanted = 0

  constructor(
    public body: Value,
    readonly isMain = false
  ) {}

  get type(): 'thread' {
    return 'thread'
  }
}

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
