/** The Lua APIs as the engine's libraries: every declared function with its argument check in front. */
import { LuaFailure, LuaMisuse } from '../../core/lua/errors.js'
import { fromText } from '../../core/base/binary.js'
import type { Manifest, ManifestFunction } from '../../core/lua/manifest.js'
import { MAX_CALL_VALUES, Reply } from '../protocol/frames.js'
import { compileArguments } from './arguments.js'
import { FrameTooLarge } from './host-port.js'
import {
  LuaRaise,
  Results,
  type Library,
  type LuaValue,
  type NativeFunction,
  type ToLua
} from '../lua/api.js'
import { fromWire, fromWireText } from './wire.js'
import type { WireText } from '../protocol/frames.js'

/** How a stub reaches the server. */
export interface HostPort {
  /** Sends a call and waits for its reply. */
  readonly call: (
    target: number,
    args: readonly unknown[]
  ) => readonly [status: number, value: unknown]
  /** Sends a call that has no reply. */
  readonly send: (target: number, args: readonly unknown[]) => void
  /** Whether a one-way call of `bytes` must be waited for now. */
  readonly mustWait: (bytes: number) => boolean
  /** Tells the server of a defect of ours. */
  readonly report: (name: string, error: unknown) => void
}

export type Locals = { readonly [module: string]: { readonly [name: string]: NativeFunction } }

/** Functions become members of global tables; those of a Lua source are only declared, and found by `require`. */
export function createLibraries(manifest: Manifest, locals: Locals, port: HostPort): Library[] {
  const libraries: Library[] = []
  let target = 0
  for (const module of manifest) {
    const functions: Record<string, NativeFunction> = {}
    for (const fn of module.functions) {
      if (fn.place === 'host') functions[fn.name] = hostStub(module.name, fn, target, port)
      else if (module.source === undefined) {
        const implementation = locals[module.name]?.[fn.name]
        functions[fn.name] =
          fn.isValue === true && implementation !== undefined
            ? implementation
            : localStub(module.name, fn, implementation, port)
      }
      target++
    }
    if (Object.keys(functions).length > 0) libraries.push({ name: module.name, functions })
  }
  return libraries
}

function hostStub(
  module: string,
  fn: ManifestFunction,
  target: number,
  port: HostPort
): NativeFunction {
  const check = compileArguments(module, fn, true)
  const name = `${module}.${fn.name}`
  if (fn.oneWay !== undefined) {
    const { result } = fn.oneWay
    return (...args) => {
      const checked = bounded(name, check(args))
      const bytes = bytesOf(checked)
      if (bytes > LARGE || port.mustWait(bytes)) return waitFor(checked)
      guard(name, () => {
        port.send(target, checked)
      })
      return result
    }
  }
  return (...args) => waitFor(bounded(name, check(args)))

  function waitFor(checked: readonly unknown[]): ReturnType<NativeFunction> {
    const [status, value] = guard(name, () => port.call(target, checked))
    if (status === Reply.value) return fromWire(value) as ToLua
    if (status === Reply.failure) return new Results([undefined, fromWireText(value as WireText)])
    throw new LuaRaise(fromWireText(value as WireText))
  }
}

/** More values than the server takes are the caller's mistake. */
function bounded(name: string, checked: readonly unknown[]): readonly unknown[] {
  const values = countValues(checked)
  if (values <= MAX_CALL_VALUES) return checked
  throw new LuaRaise(
    `the arguments of '${name}' hold too many values (at most ${MAX_CALL_VALUES} together, got ${values})`
  )
}

/** The elements of a list or entries of a table, and of those in it. */
function countValues(table: readonly unknown[] | ReadonlyMap<string, unknown>): number {
  let count = Array.isArray(table) ? table.length : (table as ReadonlyMap<string, unknown>).size
  for (const value of table.values()) {
    if (Array.isArray(value) || value instanceof Map) count += countValues(value)
  }
  return count
}

/** A one-way call with more is waited for, so that its errors can be caught. */
const LARGE = 16 * 1024

function bytesOf(args: readonly unknown[]): number {
  let bytes = 0
  for (const value of args) {
    if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length
  }
  return bytes
}

/** A frame that is too large is the caller's mistake, and nothing was sent. */
function guard<T>(name: string, cross: () => T): T {
  try {
    return cross()
  } catch (error) {
    if (error instanceof FrameTooLarge) {
      throw new LuaRaise(
        `the arguments of '${name}' are too large (at most ${error.limit} bytes together, got ${error.size})`
      )
    }
    throw error
  }
}

function localStub(
  module: string,
  fn: ManifestFunction,
  implementation: NativeFunction | undefined,
  port: HostPort
): NativeFunction {
  const check = compileArguments(module, fn, false)
  const name = `${module}.${fn.name}`
  if (implementation === undefined) {
    return () => {
      port.report(name, new Error('declared as local, but the sandbox has no implementation of it'))
      throw new LuaRaise(`internal error in '${name}'`)
    }
  }
  const run = implementation
  return (...args) => {
    const checked = check(args) as LuaValue[]
    try {
      return run(...checked)
    } catch (error) {
      if (error instanceof LuaFailure) return new Results([undefined, fromText(error.message)])
      if (error instanceof LuaMisuse) throw new LuaRaise(fromText(error.message))
      throw error
    }
  }
}
