/** How libraries are made. */
import { Native } from '../function.js'
import type { Returned } from '../function.js'
import type { Value } from '../value.js'

// Parameters are what Lua gives: natives declare those they use.
export type NativeBody = (...args: Value[]) => Returned
export type Functions = Readonly<Record<string, NativeBody>>

/** Natives of a library; `prefix` is for messages about functions called without a name. */
export function toNatives(functions: Functions, prefix: string): Array<readonly [string, Native]> {
  return Object.entries(functions).map(
    ([name, body]) => [name, new Native(prefix + name, body)] as const
  )
}
