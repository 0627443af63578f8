/**
 * Runs a frame until it returns, catching Lua errors for the pcall and xpcall frames above it. A protected call
 * is just a frame with a flag, so Lua code in it can yield, and pcall inside pcall uses no JavaScript stack.
 */
import { LuaError, MemoryError } from '../errors.js'
import { FrameFlag } from '../coroutine.js'
import type { Coroutine, Frame } from '../coroutine.js'
import type { Value } from '../value.js'
import { closeUpvalues, storeResults } from './frames.js'
import { dispatch } from './dispatch-loop.js'
import type { Vm } from './vm.js'

/** True when `entry` has returned, false when the coroutine has yielded. */
export function execute(vm: Vm, co: Coroutine, entry: Frame): boolean {
  const { depth, loopDepth } = vm
  const { unyieldable } = co
  for (;;) {
    try {
      vm.loopDepth = depth
      return dispatch(vm, co)
    } catch (thrown) {
      // The frames are as they were when it was thrown: unwinding JavaScript does not touch them.
      const error = vm.toLuaError(thrown, co)
      let guard = co.frame
      while (
        guard !== entry &&
        (guard.flags & FrameFlag.protected) === 0 &&
        guard.previous !== null
      ) {
        guard = guard.previous
      }
      if ((guard.flags & FrameFlag.protected) === 0) throw error
      vm.depth = depth
      vm.current = co
      co.status = 'running'
      const value = guard.handler === undefined ? error.value : handle(vm, guard.handler, error)
      vm.depth = depth
      co.unyieldable = unyieldable
      closeUpvalues(co, guard.func)
      if (guard.previous !== null) co.frame = guard.previous
      if (error instanceof MemoryError) dropDead(co, guard.func - 1)
      storeResults(vm, co, guard.func - 1, [false, value], guard.wanted)
    } finally {
      vm.loopDepth = loopDepth
    }
  }
}

/** Lets go of what registers and frames that are no longer in use still hold, so that it can be collected. */
function dropDead(co: Coroutine, from: number): void {
  co.stack.fill(undefined, from)
  co.frame.next = null
}

/** The value that xpcall's message handler makes of an error, with the failed frames still on the stack. */
function handle(vm: Vm, handler: Value, error: LuaError): Value {
  const before = vm.handling
  vm.handling = true
  try {
    return vm.callFirst(handler, [error.value])
  } catch (thrown) {
    return thrown instanceof LuaError && !before ? 'error in error handling' : 'C stack overflow'
  } finally {
    vm.handling = before
  }
}
