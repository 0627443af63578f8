/**
 * What Lua's operators do when the fast path cannot: strings taken as numbers, metamethods, errors. These are
 * also what library functions use to index, compare and convert with full Lua semantics. Called for an instruction,
 * they may begin the frame of a metamethod and return nothing yet (see Vm.operate).
 */
import { Op } from '../compiler/opcodes.js'
import { LuaThrow } from '../errors.js'
import { chargeString } from '../memory.js'
import { numberToString } from '../../../core/base/number-text.js'
import { parseNumber } from '../number.js'
import { Table } from '../table.js'
import { Closure, Native } from '../function.js'
import { FrameFlag } from '../coroutine.js'
import { typeName } from '../value.js'
import type { Value } from '../value.js'
import { bitNot, bitsOfNumbers, floorDivide, hasBits, modulo } from './arithmetic.js'
import { describeCallee, describeIndexed, describeOperand } from './debug-info.js'
import { addressOf } from './object-address.js'
import type { Vm } from './vm.js'

/** Steps along `__index` or `__newindex` before a loop is assumed. */
const MAX_CHAIN = 2000

export function metamethod(vm: Vm, value: Value, event: string): Value {
  if (value instanceof Table) return value.meta === null ? undefined : value.meta.getString(event)
  return typeof value === 'string' ? vm.stringMeta.getString(event) : undefined
}

const isFunction = (value: Value): value is Closure | Native =>
  value instanceof Closure || value instanceof Native

/** `object[key]`. */
export function getIndex(vm: Vm, object: Value, key: Value): Value {
  let holder = object
  for (let step = 0; step < MAX_CHAIN; step++) {
    let handler: Value
    if (holder instanceof Table) {
      const value = holder.get(key)
      if (value !== undefined || holder.meta === null) return value
      handler = holder.meta.getString('__index')
      if (handler === undefined) return undefined
    } else {
      handler = metamethod(vm, holder, '__index')
      if (handler === undefined) throw indexError(vm, holder, step === 0)
    }
    if (isFunction(handler)) return vm.operate(handler, [holder, key])
    holder = handler
  }
  throw new LuaThrow("'__index' chain too long; possibly a loop")
}

/** `object[key] = value`. */
export function setIndex(vm: Vm, object: Value, key: Value, value: Value): void {
  let holder = object
  for (let step = 0; step < MAX_CHAIN; step++) {
    let handler: Value
    if (holder instanceof Table) {
      if (holder.meta === null) return holder.set(key, value)
      handler = holder.meta.getString('__newindex')
      if (handler === undefined || holder.get(key) !== undefined) return holder.set(key, value)
    } else {
      handler = metamethod(vm, holder, '__newindex')
      if (handler === undefined) throw indexError(vm, holder, step === 0)
    }
    if (isFunction(handler)) {
      vm.operate(handler, [holder, key, value])
      return
    }
    holder = handler
  }
  throw new LuaThrow("'__newindex' chain too long; possibly a loop")
}

function indexError(vm: Vm, holder: Value, direct: boolean): LuaThrow {
  return new LuaThrow(
    `attempt to index a ${typeNameOf(holder)} value${direct ? describeIndexed(vm.current.frame) : ''}`
  )
}

/** The type's name for messages; a metatable's `__name` is preferred. */
export function typeNameOf(value: Value): string {
  const name = value instanceof Table ? value.meta?.getString('__name') : undefined
  return typeof name === 'string' ? name : typeName(value)
}

/** The number that a value is or says, as arithmetic takes it. */
function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? parseNumber(value) : undefined
}

const EVENTS: ReadonlyMap<number, string> = new Map([
  [Op.ADD, '__add'],
  [Op.SUB, '__sub'],
  [Op.MUL, '__mul'],
  [Op.DIV, '__div'],
  [Op.MOD, '__mod'],
  [Op.POW, '__pow'],
  [Op.IDIV, '__idiv'],
  [Op.BAND, '__band'],
  [Op.BOR, '__bor'],
  [Op.BXOR, '__bxor'],
  [Op.SHL, '__shl'],
  [Op.SHR, '__shr']
])

/** The binary operators on numbers but for the simplest cases, which the main loop does itself. */
export function arithmetic(vm: Vm, op: number, x: Value, y: Value): Value {
  if (op >= Op.BAND && op <= Op.SHR) return bitwise(vm, op, x, y)
  const a = toNumber(x)
  const b = toNumber(y)
  if (a === undefined || b === undefined) {
    return binaryMetamethod(vm, EVENTS.get(op) ?? '', x, y, 'perform arithmetic on')
  }
  switch (op) {
    case Op.ADD:
      return a + b
    case Op.SUB:
      return a - b
    case Op.MUL:
      return a * b
    case Op.DIV:
      return a / b
    case Op.MOD:
      return modulo(a, b)
    case Op.POW:
      return a ** b
    default:
      return floorDivide(a, b)
  }
}

export function negate(vm: Vm, x: Value): Value {
  const a = toNumber(x)
  return a === undefined ? binaryMetamethod(vm, '__unm', x, x, 'perform arithmetic on') : -a
}

function bitwise(vm: Vm, op: number, x: Value, y: Value): Value {
  const a = toNumber(x)
  const b = toNumber(y)
  if (a === undefined || b === undefined) {
    return binaryMetamethod(vm, EVENTS.get(op) ?? '', x, y, 'perform bitwise operation on')
  }
  return bitsOfNumbers(op, a, b) ?? withoutBits(vm, EVENTS.get(op) ?? '', x, y, hasBits(a) ? 2 : 1)
}

export function bitwiseNot(vm: Vm, x: Value): Value {
  const a = toNumber(x)
  if (a === undefined) return binaryMetamethod(vm, '__bnot', x, x, 'perform bitwise operation on')
  return hasBits(a) ? bitNot(a) : withoutBits(vm, '__bnot', x, x, 1)
}

function withoutBits(vm: Vm, event: string, x: Value, y: Value, culprit: 1 | 2): Value {
  const handler = metamethod(vm, x, event) ?? metamethod(vm, y, event)
  if (handler !== undefined) return vm.operate(handler, [x, y])
  throw new LuaThrow(
    `number${describeOperand(vm.current.frame, culprit)} has no integer representation`
  )
}

function binaryMetamethod(vm: Vm, event: string, x: Value, y: Value, action: string): Value {
  const handler = metamethod(vm, x, event) ?? metamethod(vm, y, event)
  if (handler !== undefined) return vm.operate(handler, [x, y])
  const culprit = action.endsWith('arithmetic on')
    ? toNumber(x) === undefined
      ? 1
      : 2
    : typeof x === 'number'
      ? 2
      : 1
  throw new LuaThrow(
    `attempt to ${action} a ${typeNameOf(culprit === 1 ? x : y)} value${describeOperand(vm.current.frame, culprit)}`
  )
}

/** Concatenates values that stood in registers from `register` on, from right to left as metamethods may see it. */
export function concatenate(vm: Vm, values: Value[], register: number): Value {
  let result = values[values.length - 1]
  for (let i = values.length - 2; i >= 0; i--) {
    const left = values[i]
    if (isText(left) && isText(result)) {
      result = textOf(left) + textOf(result)
      chargeString(result.length)
      continue
    }
    const handler = metamethod(vm, left, '__concat') ?? metamethod(vm, result, '__concat')
    if (handler === undefined) {
      const culprit = isText(left) ? i + 1 : i
      const value = isText(left) ? result : left
      throw new LuaThrow(
        `attempt to concatenate a ${typeNameOf(value)} value${describeOperand(vm.current.frame, 0, register + culprit)}`
      )
    }
    const { frame } = vm.current
    result = vm.operate(handler, [left, result])
    if (vm.current.frame !== frame) {
      vm.current.frame.pending = [register, ...values.slice(0, i)]
      return undefined
    }
  }
  return result
}

const isText = (value: Value): value is string | number =>
  typeof value === 'string' || typeof value === 'number'
const textOf = (value: string | number): string =>
  typeof value === 'string' ? value : numberToString(value)

export function lengthOf(vm: Vm, value: Value): Value {
  const handler = typeof value === 'string' ? undefined : metamethod(vm, value, '__len')
  // The operand twice, as for the other operators of one operand.
  if (handler !== undefined) return vm.operate(handler, [value, value])
  if (typeof value === 'string') return value.length
  if (value instanceof Table) return value.length()
  throw new LuaThrow(
    `attempt to get length of a ${typeNameOf(value)} value${describeOperand(vm.current.frame, 1)}`
  )
}

/** `x == y` with metamethods. */
export function equals(vm: Vm, x: Value, y: Value): boolean {
  if (x === y) return true
  if (!(x instanceof Table) || !(y instanceof Table)) return false
  const handler = x.meta?.getString('__eq') ?? y.meta?.getString('__eq')
  return handler !== undefined && isTrue(vm.operate(handler, [x, y]))
}

export const isTrue = (value: Value): boolean => value !== undefined && value !== false

export function lessThan(vm: Vm, x: Value, y: Value): boolean {
  if (typeof x === 'number' && typeof y === 'number') return x < y
  if (typeof x === 'string' && typeof y === 'string') return x < y
  const handler = metamethod(vm, x, '__lt') ?? metamethod(vm, y, '__lt')
  if (handler === undefined) throw compareError(x, y)
  return isTrue(vm.operate(handler, [x, y]))
}

export function lessOrEqual(vm: Vm, x: Value, y: Value): boolean {
  if (typeof x === 'number' && typeof y === 'number') return x <= y
  if (typeof x === 'string' && typeof y === 'string') return x <= y
  const handler = metamethod(vm, x, '__le') ?? metamethod(vm, y, '__le')
  if (handler !== undefined) return isTrue(vm.operate(handler, [x, y]))
  // As in Lua up to 5.3: a <= b is not (b < a) where only `__lt` is given.
  const opposite = metamethod(vm, y, '__lt') ?? metamethod(vm, x, '__lt')
  if (opposite === undefined) throw compareError(x, y)
  return !isTrue(vm.operate(opposite, [y, x], FrameFlag.negated))
}

function compareError(x: Value, y: Value): LuaThrow {
  const [a, b] = [typeNameOf(x), typeNameOf(y)]
  return new LuaThrow(
    a === b ? `attempt to compare two ${a} values` : `attempt to compare ${a} with ${b}`
  )
}

/** The function behind a value that is called but is none. */
export function callMetamethod(vm: Vm, callee: Value): Value {
  const handler = metamethod(vm, callee, '__call')
  if (handler === undefined) {
    throw new LuaThrow(
      `attempt to call a ${typeNameOf(callee)} value${describeCallee(vm.current.frame)}`
    )
  }
  return handler
}

export function forNumber(value: Value, what: string): number {
  const n = toNumber(value)
  if (n === undefined) {
    throw new LuaThrow(
      what === 'initial' ? "'for' initial value must be a number" : `'for' ${what} must be a number`
    )
  }
  return n
}

/** A value as `tostring` gives it. */
export function toText(vm: Vm, value: Value): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return numberToString(value)
    case 'undefined':
      return 'nil'
    case 'boolean':
      return String(value)
    default: {
      const handler = metamethod(vm, value, '__tostring')
      if (handler === undefined) return `${typeNameOf(value)}: ${addressOf(value)}`
      const text = vm.callFirst(handler, [value])
      if (typeof text === 'string') return text
      if (typeof text === 'number') return numberToString(text)
      throw new LuaThrow("'__tostring' must return a string")
    }
  }
}
