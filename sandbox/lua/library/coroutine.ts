/** Coroutines. Each has registers and frames of its own; resuming one runs it on top of the caller. */
import { ArgumentError, LuaError, MemoryError, LuaThrow } from '../errors.js'
import { execute } from '../vm/execute.js'
import { storeResults, pushFrame, ensureStack } from '../vm/frames.js'
import { positionAt } from '../vm/traceback.js'
import type { Vm } from '../vm/vm.js'
import { budget, checkHeap } from '../memory.js'
import { Closure, Native, Intrinsic } from '../function.js'
import { Coroutine, FrameFlag } from '../coroutine.js'
import type { Value } from '../value.js'
import { checkFunction } from './arguments.js'
import { toNatives } from './library.js'

const COROUTINE_BYTES = 1024

export function coroutineLibrary(vm: Vm): Array<readonly [string, Native]> {
  return [
    ...toNatives(
      {
        create: body => create(body),
        isyieldable: () => !vm.current.isMain && vm.current.unyieldable === 0,
        resume: (co, ...args) => {
          const target = checkCoroutine(co)
          if (target.status !== 'suspended') return [false, cannotResume(target)]
          try {
            return [true, ...resume(vm, target, args)]
          } catch (error) {
            if (error instanceof LuaError) return [false, error.value]
            throw error
          }
        },
        running: () => [vm.current, vm.current.isMain],
        status: co => checkCoroutine(co).status,
        wrap: body => {
          const co = create(body)
          return new Native('wrap', (...args) => {
            if (co.status !== 'suspended') throw new LuaThrow(cannotResume(co))
            try {
              return resume(vm, co, args)
            } catch (error) {
              throw withCallersPosition(vm, error)
            }
          })
        }
      },
      'coroutine.'
    ),
    ['yield', new Native('coroutine.yield', () => undefined, Intrinsic.yield)]
  ]
}

/** As Lua 5.3 does it: a message that comes through `wrap` also says where the function it gave was called. */
function withCallersPosition(vm: Vm, error: unknown): unknown {
  if (
    !(error instanceof LuaError) ||
    error instanceof MemoryError ||
    typeof error.value !== 'string'
  ) {
    return error
  }
  return new LuaError(positionAt(vm, 1) + error.value)
}

function checkCoroutine(value: Value): Coroutine {
  if (value instanceof Coroutine) return value
  throw new ArgumentError(1, 'thread expected')
}

const cannotResume = (co: Coroutine): string =>
  co.status === 'dead' ? 'cannot resume dead coroutine' : 'cannot resume non-suspended coroutine'

function create(body: Value): Coroutine {
  if ((budget.left -= COROUTINE_BYTES) < 0) checkHeap(COROUTINE_BYTES)
  return new Coroutine(checkFunction(body, 1))
}

/** Runs a suspended coroutine until it yields or ends: what it yielded or returned. Throws LuaError when it fails. */
function resume(vm: Vm, co: Coroutine, args: Value[]): Value[] {
  const resumer = vm.current
  const { depth } = vm
  vm.enter()
  resumer.status = 'normal'
  vm.current = co
  co.status = 'running'
  try {
    if (co.body !== undefined) start(vm, co, args)
    else storeResults(vm, co, co.yieldSlot, args, co.yieldWanted)
    const entry = co.bottom.next
    if (entry !== null && !execute(vm, co, entry)) return co.transfer
    co.status = 'dead'
    return co.stack.slice(entry === null ? co.top : entry.func, co.top)
  } catch (error) {
    co.status = 'dead'
    throw vm.toLuaError(error, co)
  } finally {
    vm.depth = depth
    vm.current = resumer
    resumer.status = 'running'
  }
}

function start(vm: Vm, co: Coroutine, args: Value[]): void {
  const { body } = co
  co.body = undefined
  const values = body instanceof Closure ? [body, ...args] : [vm.trampoline, body, ...args]
  ensureStack(vm, co, values.length)
  for (let i = 0; i < values.length; i++) co.stack[i] = values[i]
  pushFrame(
    vm,
    co,
    body instanceof Closure ? body : vm.trampoline,
    0,
    values.length - 1,
    -1,
    FrameFlag.fresh
  )
}
