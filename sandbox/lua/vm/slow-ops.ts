/** The operations that the main loop hands over: each does enough work for one more call not to matter. */
import { CONSTANT, Op } from '../compiler/opcodes.js'
import { LuaThrow } from '../errors.js'
import { budget, chargeString, checkHeap } from '../memory.js'
import { numberToString } from '../../../core/base/number-text.js'
import { Table } from '../table.js'
import { Closure, Native, Intrinsic } from '../function.js'
import type { Upvalue } from '../function.js'
import type { Coroutine, Frame } from '../coroutine.js'
import type { Value } from '../value.js'
import { enterCall } from './calls.js'
import { findUpvalue, ensureStack } from './frames.js'
import { iterateItems, iterateNext } from './iterate.js'
import {
  bitwiseNot,
  concatenate,
  forNumber,
  getIndex,
  lengthOf,
  negate,
  setIndex
} from './operations.js'
import type { Vm } from './vm.js'

const ITEMS_PER_SETLIST = 50

/** Runs one instruction; `frame.pc` is past it, `co.top` is the end of an open list. False when it yielded. */
export function runSlowOp(
  vm: Vm,
  co: Coroutine,
  frame: Frame,
  word: number,
  c: number,
  a: number
): boolean {
  const { stack } = co
  const { base, closure } = frame
  const b = word >>> 16
  const operand = (index: number): Value =>
    (index & CONSTANT) !== 0 ? closure.code.constants[index & 255] : stack[base + index]
  switch (word & 255) {
    case Op.LOADKX:
      stack[a] = closure.code.constants[c]
      return true
    case Op.EXTRAARG:
      return true
    case Op.GETTABUP:
      stack[a] = getIndex(vm, upvalueOf(closure, b), operand(c))
      return true
    case Op.SETTABUP:
      setIndex(vm, upvalueOf(closure, (word >> 8) & 255), operand(b), operand(c))
      return true
    case Op.UNM:
      stack[a] = negate(vm, stack[base + b])
      return true
    case Op.BNOT:
      stack[a] = bitwiseNot(vm, stack[base + b])
      return true
    case Op.LEN:
      stack[a] = length(vm, stack[base + b])
      return true
    case Op.CONCAT:
      concat(vm, stack, a, base + b, base + c)
      return true
    case Op.FORPREP:
      prepareFor(stack, frame, a, c)
      return true
    case Op.TFORCALL:
      return callIterator(vm, co, frame, a, c)
    case Op.TFORLOOP:
      loopWhileGiven(stack, frame, a, c)
      return true
    case Op.SETLIST:
      setList(co, a, b, c)
      return true
    case Op.CLOSURE:
      stack[a] = makeClosure(co, frame, c)
      return true
    case Op.VARARG:
      copyVarargs(vm, co, frame, a, b - 1)
      return true
    default:
      throw new LuaThrow('bad instruction')
  }
}

function length(vm: Vm, x: Value): Value {
  if (typeof x === 'string') return x.length
  return x instanceof Table && x.meta === null ? x.items.length - 1 : lengthOf(vm, x)
}

function setList({ stack, top }: Coroutine, a: number, count: number, piece: number): void {
  const table = stack[a] as Table
  table.setList(stack, a, count !== 0 ? count : top - a - 1, (piece - 1) * ITEMS_PER_SETLIST)
}

/** Goes back to the body of a generic `for` while the iterator gives a value. */
function loopWhileGiven(stack: Value[], frame: Frame, a: number, toBody: number): void {
  if (stack[a + 1] === undefined) return
  stack[a] = stack[a + 1]
  frame.pc += toBody
}

function upvalueOf(closure: Closure, index: number): Value {
  const upvalue = closure.upvalues[index] as Upvalue
  return upvalue.cells[upvalue.index]
}

function concat(vm: Vm, stack: Value[], a: number, from: number, to: number): void {
  let text = ''
  for (let i = from; i <= to; i++) {
    const part = stack[i]
    if (typeof part === 'string') text += part
    else if (typeof part === 'number') text += numberToString(part)
    else {
      stack[a] = concatenate(vm, stack.slice(from, to + 1), from)
      return
    }
  }
  chargeString(text.length)
  stack[a] = text
}

/** Enters the body with the first index in place, or jumps past the loop when it is not to run at all. */
function prepareFor(stack: Value[], frame: Frame, a: number, toLoop: number): void {
  const limit = forNumber(stack[a + 1], 'limit')
  const step = forNumber(stack[a + 2], 'step')
  const first = forNumber(stack[a], 'initial')
  if (step === 0) throw new LuaThrow("'for' step is zero")
  stack[a + 1] = limit
  stack[a + 2] = step
  stack[a] = first
  stack[a + 3] = first
  if (!(step > 0 ? first <= limit : limit <= first)) frame.pc += toLoop + 1
}

function callIterator(vm: Vm, co: Coroutine, frame: Frame, a: number, wanted: number): boolean {
  const { stack } = co
  const iterator = stack[a]
  const table = stack[a + 1]
  if (iterator instanceof Native && table instanceof Table) {
    let known = false
    if (iterator.intrinsic === Intrinsic.next) {
      iterateNext(table, stack, a + 2, frame.closure.code.slots, frame.pc - 1)
      known = true
    } else if (iterator.intrinsic === Intrinsic.ipairs) known = iterateItems(table, stack, a + 2)
    if (known) {
      for (let i = 2; i < wanted; i++) stack[a + 3 + i] = undefined
      // The TFORLOOP that follows is done here as well.
      const key = stack[a + 3]
      if (key === undefined) frame.pc++
      else {
        stack[a + 2] = key
        frame.pc += (frame.closure.code.operands[frame.pc] as number) + 1
      }
      return true
    }
  }
  stack[a + 3] = iterator
  stack[a + 4] = table
  stack[a + 5] = stack[a + 2]
  return enterCall(vm, co, a + 3, 2, wanted)
}

function makeClosure(co: Coroutine, frame: Frame, index: number): Closure {
  const code = frame.closure.code.functions[index] as Closure['code']
  const upvalues: Upvalue[] = []
  for (const source of code.upvalues) {
    upvalues.push(
      source.inStack
        ? findUpvalue(co, frame.base + source.index)
        : (frame.closure.upvalues[source.index] as Upvalue)
    )
  }
  if ((budget.left -= 80) < 0) checkHeap(80)
  return new Closure(code, upvalues)
}

/** `...`: the first `wanted` of the extra arguments, or all of them when that is negative. */
function copyVarargs(vm: Vm, co: Coroutine, frame: Frame, a: number, wanted: number): void {
  const { stack } = co
  const from = frame.func + 1 + frame.closure.code.parameters
  const given = Math.max(0, frame.base - from)
  if (wanted < 0) {
    ensureStack(vm, co, a + given)
    co.top = a + given
  }
  const count = wanted < 0 ? given : wanted
  for (let i = 0; i < count; i++) stack[a + i] = i < given ? stack[from + i] : undefined
}
