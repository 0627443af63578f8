/**
 * Names for messages: which variable held the value that failed, and by which name a function was called. Found
 * by looking back through the instructions for the one that filled the register, as PUC Lua does it (ldebug.c).
 */
import { Op } from '../compiler/opcodes.js'
import type { Code } from '../compiler/code.js'
import type { ArgumentError } from '../errors.js'
import { Native } from '../function.js'
import type { Coroutine, Frame } from '../coroutine.js'
import { globalName } from './global-name.js'
import type { Vm } from './vm.js'

export interface Name {
  readonly kind: string
  readonly name: string
}

interface Instruction {
  op: Op
  a: number
  b: number
  c: number
  bx: number
}

const CONSTANT = 256
const ZERO_JUMP = 131071

/** Operations that leave register A alone. */
const KEEP_A: ReadonlySet<Op> = new Set([
  Op.SETTABUP,
  Op.SETUPVAL,
  Op.SETTABLE,
  Op.JMP,
  Op.EQ,
  Op.LT,
  Op.LE,
  Op.TEST,
  Op.RETURN,
  Op.TFORCALL,
  Op.SETLIST,
  Op.EXTRAARG
])

function instructionAt(code: Code, pc: number): Instruction {
  const raw = code.original[pc] ?? 0
  return { op: raw & 63, a: (raw >> 6) & 255, c: (raw >> 14) & 511, b: raw >>> 23, bx: raw >>> 14 }
}

/** The instruction a frame is at, or undefined for the frame below all others. */
function current(frame: Frame): Instruction | undefined {
  const { code } = frame.closure
  return frame.previous === null ? undefined : instructionAt(code, frame.pc - 1)
}

/** The native function that a frame is calling, if it is. */
export function nativeCalledBy(co: Coroutine, frame: Frame): Native | undefined {
  const at = current(frame)
  if (at === undefined) return undefined
  const callee =
    at.op === Op.CALL || at.op === Op.TAILCALL
      ? co.stack[frame.base + at.a]
      : at.op === Op.TFORCALL
        ? co.stack[frame.base + at.a + 3]
        : undefined
  return callee instanceof Native ? callee : undefined
}

const written = (name: Name | undefined): string =>
  name === undefined ? '' : ` (${name.kind} '${name.name}')`

/** The value that the current instruction indexes, as ` (local 'x')`. */
export function describeIndexed(frame: Frame): string {
  const at = current(frame)
  if (at === undefined) return ''
  const { code } = frame.closure
  switch (at.op) {
    case Op.GETTABUP:
      return written({ kind: 'upvalue', name: upvalueName(code, at.b) })
    case Op.SETTABUP:
      return written({ kind: 'upvalue', name: upvalueName(code, at.a) })
    case Op.GETTABLE:
    case Op.SELF:
      return written(nameOf(code, frame.pc - 1, at.b))
    case Op.SETTABLE:
      return written(nameOf(code, frame.pc - 1, at.a))
    default:
      return ''
  }
}

/** Operand 1 or 2 of the current operator, or 0 for the absolute `register`. */
export function describeOperand(frame: Frame, which: 0 | 1 | 2, register = 0): string {
  const at = current(frame)
  if (at === undefined || at.op < Op.ADD || at.op > Op.CONCAT) return ''
  const operand = which === 0 ? register - frame.base : which === 1 || at.op >= Op.UNM ? at.b : at.c
  return (operand & CONSTANT) !== 0
    ? ''
    : written(nameOf(frame.closure.code, frame.pc - 1, operand))
}

export function describeCallee(frame: Frame): string {
  const at = current(frame)
  if (
    at === undefined ||
    frame.closure.code.isInternal ||
    (at.op !== Op.CALL && at.op !== Op.TAILCALL)
  ) {
    return ''
  }
  return written(nameOf(frame.closure.code, frame.pc - 1, at.a))
}

/** A wrong argument of the native that `frame` is calling, in the words of luaL_argerror. */
export function describeArgument(vm: Vm, frame: Frame, error: ArgumentError): string {
  const called = frame.closure.code.isInternal ? undefined : calledName(frame)
  const native = nativeCalledBy(vm.current, frame)
  let { index } = error
  if (called?.kind === 'method') {
    index--
    if (index === 0) return `calling '${called.name}' on bad self (${error.message})`
  }
  const at = current(frame)
  const given =
    at === undefined ? index : (at.b === 0 ? vm.current.top - frame.base - at.a : at.b) - 1
  const name = called?.name ?? (native === undefined ? '?' : nativeName(vm, native))
  return argumentMessage(name, index, error, given)
}

const nativeName = (vm: Vm, native: Native): string => globalName(vm, native) ?? native.name

/** A wrong argument of a native that another native called with `given` arguments. */
export const describeInnerArgument = (
  vm: Vm,
  native: Native,
  error: ArgumentError,
  given: number
): string => argumentMessage(nativeName(vm, native), error.index, error, given)

function argumentMessage(name: string, index: number, error: ArgumentError, given: number): string {
  const message =
    error.index > given ? error.message.replace(/, got nil$/, ', got no value') : error.message
  return `bad argument #${index} to '${name}' (${message})`
}

const METAMETHODS: ReadonlyMap<number, string> = new Map([
  [Op.GETTABUP, '__index'],
  [Op.GETTABLE, '__index'],
  [Op.SELF, '__index'],
  [Op.SETTABUP, '__newindex'],
  [Op.SETTABLE, '__newindex'],
  [Op.ADD, '__add'],
  [Op.SUB, '__sub'],
  [Op.MUL, '__mul'],
  [Op.MOD, '__mod'],
  [Op.POW, '__pow'],
  [Op.DIV, '__div'],
  [Op.IDIV, '__idiv'],
  [Op.BAND, '__band'],
  [Op.BOR, '__bor'],
  [Op.BXOR, '__bxor'],
  [Op.SHL, '__shl'],
  [Op.SHR, '__shr'],
  [Op.UNM, '__unm'],
  [Op.BNOT, '__bnot'],
  [Op.LEN, '__len'],
  [Op.CONCAT, '__concat'],
  [Op.EQ, '__eq'],
  [Op.LT, '__lt'],
  [Op.LE, '__le']
])

/** By which name the current instruction of `frame` calls a function. */
export function calledName(frame: Frame): Name | undefined {
  const at = current(frame)
  if (at === undefined) return undefined
  if (at.op === Op.CALL || at.op === Op.TAILCALL) {
    return nameOf(frame.closure.code, frame.pc - 1, at.a)
  }
  if (at.op === Op.TFORCALL) return { kind: 'for iterator', name: 'for iterator' }
  const event = METAMETHODS.get(at.op)
  return event === undefined ? undefined : { kind: 'metamethod', name: event }
}

/** What is known about the value that `register` holds just before instruction `pc`. */
function nameOf(code: Code, pc: number, register: number): Name | undefined {
  const local = localName(code, register, pc)
  if (local !== undefined) return { kind: 'local', name: local }
  const setter = findSetter(code, pc, register)
  if (setter < 0) return undefined
  const at = instructionAt(code, setter)
  switch (at.op) {
    case Op.MOVE:
      return at.b < at.a ? nameOf(code, setter, at.b) : undefined
    case Op.GETTABUP:
      return {
        kind: upvalueName(code, at.b) === '_ENV' ? 'global' : 'field',
        name: keyName(code, setter, at.c)
      }
    case Op.GETTABLE:
      return {
        kind: localName(code, at.b, setter) === '_ENV' ? 'global' : 'field',
        name: keyName(code, setter, at.c)
      }
    case Op.GETUPVAL:
      return { kind: 'upvalue', name: upvalueName(code, at.b) }
    case Op.LOADK:
      return constantName(code, at.bx)
    case Op.LOADKX:
      return constantName(code, (code.original[setter + 1] ?? 0) >>> 6)
    case Op.SELF:
      return { kind: 'method', name: keyName(code, setter, at.c) }
    default:
      return undefined
  }
}

function constantName(code: Code, index: number): Name | undefined {
  const value = code.constants[index]
  return typeof value === 'string' ? { kind: 'constant', name: value } : undefined
}

function keyName(code: Code, pc: number, operand: number): string {
  const name =
    (operand & CONSTANT) !== 0 ? constantName(code, operand & 255) : nameOf(code, pc, operand)
  return name?.kind === 'constant' ? name.name : '?'
}

const upvalueName = (code: Code, index: number): string => code.upvalues[index]?.name ?? '?'

function localName(code: Code, register: number, pc: number): string | undefined {
  let left = register
  for (const local of code.locals) {
    if (local.from > pc) return undefined
    if (pc < local.to && left-- === 0) return local.name
  }
  return undefined
}

/** The last instruction before `last` that certainly filled the register; -1 when a jump may have passed it. */
function findSetter(code: Code, last: number, register: number): number {
  let setter = -1
  let target = 0
  for (let pc = 0; pc < last; pc++) {
    const { op, a, b, bx } = instructionAt(code, pc)
    let sets: boolean
    switch (op) {
      case Op.LOADNIL:
        sets = a <= register && register <= a + b
        break
      case Op.TFORCALL:
        sets = register >= a + 2
        break
      case Op.CALL:
      case Op.TAILCALL:
        sets = register >= a
        break
      case Op.JMP: {
        const to = pc + 1 + bx - ZERO_JUMP
        if (pc < to && to <= last && to > target) target = to
        sets = false
        break
      }
      default:
        sets = a === register && !KEEP_A.has(op)
    }
    if (sets) setter = pc < target ? -1 : pc
  }
  return setter
}
