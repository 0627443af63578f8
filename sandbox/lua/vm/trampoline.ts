/**
 * A Lua function that calls its first argument with the others. Under pcall or as the body of a coroutine it
 * stands for functions that are not written in Lua, so that the machine meets Lua frames only there. It shows in
 * no message.
 */
import { Code } from '../compiler/code.js'
import { Closure } from '../function.js'
import { precompiled } from '../precompiled.js'

export function trampoline(): Closure {
  const {
    functions: [code]
  } = precompiled('=trampoline')
  if (code === undefined) throw new Error('the trampoline has no function')
  return new Closure(new Code({ ...code, isInternal: true }), [])
}
