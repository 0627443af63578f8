/** Calls other than plain calls of Lua functions: natives, pcall, yield, values with a call metamethod. */
import { ArgumentError, LuaThrow } from '../errors.js'
import { Closure, Native, Intrinsic } from '../function.js'
import { FrameFlag } from '../coroutine.js'
import type { Returned } from '../function.js'
import type { Coroutine } from '../coroutine.js'
import { typeName } from '../value.js'
import type { Value } from '../value.js'
import { storeResults, pushFrame, ensureStack } from './frames.js'
import { callMetamethod } from './operations.js'
import type { Vm } from './vm.js'

/** Chained call metamethods that are not Lua functions, before a loop is assumed. */
const MAX_CHAIN = 200

/** Calls a native with `given` arguments from the stack. */
export function callNative(
  callee: Native,
  stack: readonly Value[],
  from: number,
  given: number
): Returned {
  switch (given) {
    case 0:
      return callee.call()
    case 1:
      return callee.call(stack[from])
    case 2:
      return callee.call(stack[from], stack[from + 1])
    case 3:
      return callee.call(stack[from], stack[from + 1], stack[from + 2])
    default:
      return callee.call(...stack.slice(from, from + given))
  }
}

/** Puts what a native returned where its caller wants it. */
export function storeReturn(
  vm: Vm,
  co: Coroutine,
  to: number,
  returned: Returned,
  wanted: number
): void {
  if (Array.isArray(returned)) return storeResults(vm, co, to, returned, wanted)
  const { stack } = co
  stack[to] = returned
  if (wanted < 0) co.top = to + 1
  else for (let i = 1; i < wanted; i++) stack[to + i] = undefined
}

/** Carries out or begins the call of the value at `a`. False when that was a yield. */
export function enterCall(
  vm: Vm,
  co: Coroutine,
  a: number,
  given: number,
  wanted: number
): boolean {
  const { stack } = co
  let callee = stack[a]
  for (let step = 0; !(callee instanceof Closure) && !(callee instanceof Native); step++) {
    if (step > MAX_CHAIN) throw new LuaThrow("'__call' chain too long")
    const handler = callMetamethod(vm, callee)
    ensureStack(vm, co, a + given + 2)
    for (let i = given; i >= 0; i--) stack[a + i + 1] = stack[a + i]
    stack[a] = callee = handler
    given++
  }
  if (callee instanceof Closure) {
    pushFrame(vm, co, callee, a, given, wanted, 0)
    return true
  }
  switch (callee.intrinsic) {
    case Intrinsic.pcall:
      protect(vm, co, a, given, wanted, false)
      return true
    case Intrinsic.xpcall:
      protect(vm, co, a, given, wanted, true)
      return true
    case Intrinsic.yield:
      return yieldValues(co, a, given, wanted)
    default:
      storeReturn(vm, co, a, callNative(callee, stack, a + 1, given), wanted)
      return true
  }
}

/** pcall at `a`, its function and arguments above it: begins the call in a frame that catches errors. */
function protect(
  vm: Vm,
  co: Coroutine,
  a: number,
  given: number,
  wanted: number,
  withHandler: boolean
): void {
  const { stack } = co
  if (given === 0 && !withHandler) throw new ArgumentError(1, 'value expected')
  let handler: Value
  let args = given - 1
  if (withHandler) {
    handler = given < 2 ? undefined : stack[a + 2]
    if (!(handler instanceof Closure) && !(handler instanceof Native)) {
      throw new ArgumentError(2, `function expected, got ${typeName(handler)}`)
    }
    args--
    for (let i = 0; i < args; i++) stack[a + 2 + i] = stack[a + 3 + i]
  }
  const target = stack[a + 1]
  let callee: Closure
  if (target instanceof Closure) callee = target
  else {
    // Errors of calling it belong to the protected call, so the trampoline does the calling.
    ensureStack(vm, co, a + args + 3)
    for (let i = args; i >= 0; i--) stack[a + 2 + i] = stack[a + 1 + i]
    stack[a + 1] = callee = vm.trampoline
    args++
  }
  pushFrame(vm, co, callee, a + 1, args, wanted, FrameFlag.protected).handler = handler
}

function yieldValues(co: Coroutine, a: number, given: number, wanted: number): false {
  if (co.isMain) throw new LuaThrow('attempt to yield from outside a coroutine')
  if (co.unyieldable > 0) throw new LuaThrow('attempt to yield across a C-call boundary')
  co.transfer = co.stack.slice(a + 1, a + 1 + given)
  co.yieldSlot = a
  co.yieldWanted = wanted
  co.status = 'suspended'
  return false
}
