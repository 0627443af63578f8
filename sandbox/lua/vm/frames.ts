/** Frames, registers and the upvalues that point into them. */
import { LuaThrow } from '../errors.js'
import { budget, checkHeap } from '../memory.js'
import { Upvalue } from '../function.js'
import { Frame } from '../coroutine.js'
import type { Closure } from '../function.js'
import type { Coroutine } from '../coroutine.js'
import type { Vm } from './vm.js'

/** Registers of one coroutine, as in PUC Lua (LUAI_MAXSTACK), and calls in progress. */
const MAX_REGISTERS = 1000000
const MAX_FRAMES = 100000
/** More of both for a message handler that looks at a full stack. */
const SPARE = 10000
/** Registers that an operator may use above a frame, for the call of a metamethod. */
const ABOVE = 8

/** Makes sure that registers below `top` are there. */
export function ensureStack(vm: Vm, co: Coroutine, top: number): void {
  const { stack } = co
  if (top + ABOVE <= stack.length) return
  if (top > MAX_REGISTERS + (vm.handling ? SPARE : 0)) throw new LuaThrow('stack overflow')
  const size = Math.max(top + ABOVE, Math.floor(stack.length * 1.5))
  if ((budget.left -= (size - stack.length) * 8) < 0) checkHeap((size - stack.length) * 8)
  while (stack.length < size) stack.push(undefined)
}

/**
 * Begins a call of `closure`, which stands at `func` with `given` arguments above it. The parameters of a vararg
 * function are moved above its arguments, so that its registers follow them.
 */
export function pushFrame(
  vm: Vm,
  co: Coroutine,
  closure: Closure,
  func: number,
  given: number,
  wanted: number,
  flags: number
): Frame {
  const { code } = closure
  const { parameters } = code
  const { stack } = co
  let base = func + 1
  if (code.vararg) base += given
  const top = base + code.registers
  if (top + ABOVE > stack.length) ensureStack(vm, co, top)
  if (code.vararg) {
    for (let i = 0; i < parameters; i++) {
      stack[base + i] = i < given ? stack[func + 1 + i] : undefined
    }
  } else {
    for (let i = given; i < parameters; i++) stack[base + i] = undefined
  }
  const previous = co.frame
  const frame = previous.next ?? extend(vm, previous)
  frame.closure = closure
  frame.func = func
  frame.base = base
  frame.top = top
  frame.pc = 0
  frame.wanted = wanted
  frame.flags = flags
  co.frame = frame
  return frame
}

function extend(vm: Vm, previous: Frame): Frame {
  const depth = previous.depth + 1
  if (depth > MAX_FRAMES + (vm.handling ? SPARE : 0)) throw new LuaThrow('stack overflow')
  if ((budget.left -= 128) < 0) checkHeap(128)
  return (previous.next = new Frame(previous, depth))
}

/** The upvalue for a register, shared by all closures that see this variable. */
export function findUpvalue(co: Coroutine, index: number): Upvalue {
  let above: Upvalue | null = null
  let at = co.open
  while (at !== null && at.index > index) {
    above = at
    at = at.next
  }
  if (at !== null && at.index === index) return at
  const made = new Upvalue(co.stack, index, at)
  if (above === null) co.open = made
  else above.next = made
  return made
}

/** Moves the variables in registers from `level` up into boxes of their own. */
export function closeUpvalues(co: Coroutine, level: number): void {
  let at = co.open
  while (at !== null && at.index >= level) {
    // Only noted: this also runs while an error is caught, when it must not fail.
    budget.left -= 112
    const cells: Upvalue['cells'] = [undefined]
    cells[0] = at.cells[at.index]
    at.cells = cells
    at.index = 0
    const { next } = at
    at.next = null
    at = next
  }
  co.open = at
}

/** Puts results where a call wanted them; gives the end of them when it wanted all. */
export function storeResults(
  vm: Vm,
  co: Coroutine,
  to: number,
  results: ArrayLike<unknown>,
  wanted: number
): void {
  const { stack } = co
  const values = results as ArrayLike<(typeof stack)[number]>
  if (wanted >= 0) {
    for (let i = 0; i < wanted; i++) stack[to + i] = i < values.length ? values[i] : undefined
    return
  }
  ensureStack(vm, co, to + values.length)
  for (let i = 0; i < values.length; i++) stack[to + i] = values[i]
  co.top = to + values.length
}
