/**
 * Lua that meets every operation of the machine with the values programs mostly have. Run while a
 * sandbox is still waiting for work, it shows V8 all of the main loop before the loop is first compiled; else each
 * operation met later throws the compiled loop away (measured: three compilations of 50 to 150 ms fewer).
 */
import type { Code } from './compiler/code.js'
import { precompiled } from './precompiled.js'

/** Calls `run` with the code once: V8 has then seen it, and does not compile the loop yet. */
export function warmUp(run: (code: Code) => void): void {
  run(precompiled('warm-up'))
}
