/** Calls from JavaScript into Lua, and the state of the run that they change. */
import { ArgumentError, LuaError, MemoryError, LuaThrow } from '../errors.js'
import { Closure, Native, Intrinsic } from '../function.js'
import { Coroutine, FrameFlag } from '../coroutine.js'
import type { Returned } from '../function.js'
import type { Frame } from '../coroutine.js'
import type { Value } from '../value.js'
import { Op } from '../compiler/opcodes.js'
import { Table } from '../table.js'
import { execute } from './execute.js'
import { closeUpvalues, pushFrame, ensureStack } from './frames.js'
import { describeArgument, describeInnerArgument } from './debug-info.js'
import { isTrue, metamethod, typeNameOf } from './operations.js'
import { positionOf } from './traceback.js'
import type { Vm } from './vm.js'

/** Whether a frame's current instruction is a call, so that its operators are those of a library function. */
function isCall(frame: Frame): boolean {
  const op = (frame.closure.code.instructions[frame.pc - 1] as number) & 255
  return op === Op.CALL || op === Op.TAILCALL || op === Op.TFORCALL
}

/** Calls from JavaScript into Lua that may be in progress at once, as in PUC Lua (LUAI_MAXCCALLS). */
const MAX_NESTED_CALLS = 195

export class Interpreter implements Vm {
  main = new Coroutine(undefined)
  current = this.main
  depth = 0
  /** What `depth` was when the main loop that is running was entered: unlike it, a library function is running. */
  loopDepth = 0
  /** A message handler is running: it gets room that the failed code no longer had. */
  handling = false
  globals = new Table()
  stringMeta = new Table()
  /** Runs a native function as a coroutine's body or under pcall. */
  trampoline: Closure

  constructor(
    trampoline: Closure,
    private readonly onInternalError: (name: string, error: unknown) => void
  ) {
    this.trampoline = trampoline
  }

  /** Calls any value; all results. */
  callAll(callee: Value, args: readonly Value[]): Value[] {
    if (callee instanceof Native && callee.intrinsic === Intrinsic.none) {
      const returned = this.callNative(callee, args)
      return Array.isArray(returned) ? returned : [returned]
    }
    const co = this.current
    const func = this.callClosure(callee, args)
    return co.stack.slice(func, co.top)
  }

  /** Calls any value; its first result. */
  callFirst(callee: Value, args: readonly Value[]): Value {
    if (callee instanceof Native && callee.intrinsic === Intrinsic.none) {
      const returned = this.callNative(callee, args)
      return Array.isArray(returned) ? returned[0] : returned
    }
    const co = this.current
    const func = this.callClosure(callee, args)
    return co.top > func ? co.stack[func] : undefined
  }

  /** Calls any value as pcall does, for library functions that report errors of a callback. */
  tryFirst(callee: Value, args: readonly Value[]): { readonly value: Value } | LuaError {
    const co = this.current
    const { frame, unyieldable } = co
    const { depth } = this
    try {
      return { value: this.callFirst(callee, args) }
    } catch (thrown) {
      const error = this.toLuaError(thrown, this.current)
      this.depth = depth
      this.current = co
      co.status = 'running'
      co.unyieldable = unyieldable
      closeUpvalues(co, frame.top)
      co.frame = frame
      return error
    }
  }

  private callNative(callee: Native, args: readonly Value[]): Returned {
    const { frame } = this.current
    const isInner = this.depth !== this.loopDepth || isCall(frame)
    this.enter()
    try {
      const returned = callee.call(...args)
      this.depth--
      return returned
    } catch (thrown) {
      // The frame shows the native that its instruction called, and would blame that one.
      if (!isInner || !(thrown instanceof ArgumentError)) throw thrown
      throw new LuaThrow(describeInnerArgument(this, callee, thrown, args.length))
    }
  }

  /** Leaves the results from the returned index up to `current.top`. */
  private callClosure(callee: Value, args: readonly Value[]): number {
    const co = this.current
    const func = co.frame.top
    ensureStack(this, co, func + args.length + 2)
    const { stack } = co
    let count = args.length
    for (let i = 0; i < count; i++) stack[func + 1 + i] = args[i]
    if (callee instanceof Closure) stack[func] = callee
    else {
      if (!(callee instanceof Native) && metamethod(this, callee, '__call') === undefined) {
        throw new LuaThrow(`attempt to call a ${typeNameOf(callee)} value`)
      }
      // Its call metamethod, or a native that only the machine can run: through the trampoline.
      for (let i = count; i > 0; i--) stack[func + 1 + i] = stack[func + i]
      stack[func + 1] = callee
      stack[func] = this.trampoline
      count++
    }
    const closure = callee instanceof Closure ? callee : this.trampoline
    this.enter()
    co.unyieldable++
    const entry = pushFrame(this, co, closure, func, count, -1, FrameFlag.fresh)
    execute(this, co, entry)
    co.unyieldable--
    this.depth--
    return func
  }

  /**
   * Calls an operator's metamethod. For an instruction of the main loop that is the beginning of a frame, whose
   * result the operator gets when it returns (finish.ts): so a metamethod may yield, and uses no JavaScript stack.
   * For a library function it is a call like any other.
   */
  operate(handler: Value, args: readonly Value[], flags = 0): Value {
    const co = this.current
    const { frame } = co
    if (
      !(handler instanceof Closure) ||
      this.depth !== this.loopDepth ||
      frame.previous === null ||
      isCall(frame)
    ) {
      return this.callFirst(handler, args)
    }
    const func = frame.top
    ensureStack(this, co, func + args.length + 1)
    const { stack } = co
    stack[func] = handler
    for (let i = 0; i < args.length; i++) stack[func + 1 + i] = args[i]
    pushFrame(this, co, handler, func, args.length, 1, FrameFlag.meta | flags)
    return undefined
  }

  /** A way to call `callee` many times with two arguments: whether the first result is true. */
  repeatedTest(callee: Value): (a: Value, b: Value) => boolean {
    if (!(callee instanceof Closure)) return (a, b) => isTrue(this.callFirst(callee, [a, b]))
    const co = this.current
    const func = co.frame.top
    ensureStack(this, co, func + 3)
    const { stack } = co
    return (a, b) => {
      stack[func] = callee
      stack[func + 1] = a
      stack[func + 2] = b
      this.enter()
      co.unyieldable++
      execute(this, co, pushFrame(this, co, callee, func, 2, 1, FrameFlag.fresh))
      co.unyieldable--
      this.depth--
      return isTrue(stack[func])
    }
  }

  /** Counts a call from JavaScript into Lua; the matching exit is `depth--`, or the catch of the protected call. */
  enter(): void {
    if (this.depth >= MAX_NESTED_CALLS && !this.handling) throw new LuaThrow('C stack overflow')
    this.depth++
  }

  /** What was thrown, as the Lua error it means; the position is that of the frame still on top. */
  toLuaError(thrown: unknown, co: Coroutine): LuaError {
    if (thrown instanceof LuaError) return thrown
    if (thrown instanceof LuaThrow) return new LuaError(positionOf(co.frame) + thrown.message)
    if (thrown instanceof ArgumentError) {
      return new LuaError(positionOf(co.frame) + describeArgument(this, co.frame, thrown))
    }
    if (thrown instanceof RangeError) {
      if (thrown.message.startsWith('Maximum call stack')) {
        return new LuaError(positionOf(co.frame) + 'stack overflow')
      }
      return new MemoryError()
    }
    this.onInternalError('engine', thrown)
    return new LuaError(positionOf(co.frame) + 'internal error')
  }
}
