/** Coroutines and the call frames they are made of. The main program of a run is a coroutine, too. */
import { NO_CODE } from './compiler/code.js'
import { Closure } from './function.js'
import type { Upvalue } from './function.js'
import type { Value } from './value.js'

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
  /** For a metamethod of a concatenation: the register in which that began, and what is still to be put in front. */
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
