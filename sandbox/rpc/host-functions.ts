/** The host functions of all Lua modules, by their place in the manifest, with their conversions made once. */
import type { HostCall, LuaModule, OneWay } from '../../core/lua/module.js'
import { compileDecode, compileEncode } from '../../core/lua/types/codec.js'
import { unfit, type Decode } from '../../core/lua/types/kind.js'
import { WrongResult } from '../../core/lua/types/wrong-result.js'
import { ProtocolFault } from '../protocol/frames.js'

export interface HostEntry {
  /** `module.function`. */
  readonly name: string
  readonly oneWay: boolean
  readonly mustWait: OneWay['mustWait']
  /** How often it was called, by all processes. */
  calls: number
  /** Whether a LuaFailure gives `nil, message`. */
  readonly fails: boolean
  /** Runs the function. Throws a ProtocolFault when the arguments are not of the declared types. */
  readonly run: (call: HostCall, args: readonly unknown[]) => unknown
  /** Throws a WrongResult that names the function. */
  readonly toWire: (value: unknown) => unknown
}

type Run = (call: HostCall, ...args: unknown[]) => unknown

/** In the order of `toManifest`: every function of every module counts, local ones are left empty. */
export function compileHostFunctions(
  modules: Iterable<LuaModule>
): ReadonlyArray<HostEntry | undefined> {
  const entries: Array<HostEntry | undefined> = []
  for (const module of modules) {
    for (const [fn, declared] of Object.entries(module.functions)) {
      if (declared.place === 'local') {
        entries.push(undefined)
        continue
      }
      const name = `${module.name}.${fn}`
      const convert = declared.params.map(param => compileDecode(param.type))
      const run = declared.run as Run
      entries.push({
        name,
        oneWay: declared.oneWay !== undefined,
        mustWait: declared.oneWay?.mustWait,
        calls: 0,
        fails: declared.fails === true,
        run: (call, args) => run(call, ...convertAll(name, convert, args)),
        toWire: naming(name, compileEncode(declared.returns))
      })
    }
  }
  return entries
}

function convertAll(name: string, convert: readonly Decode[], args: readonly unknown[]): unknown[] {
  if (args.length !== convert.length) {
    throw new ProtocolFault(`${args.length} arguments for ${name}, which has ${convert.length}`)
  }
  const converted: unknown[] = new Array(args.length)
  for (let i = 0; i < args.length; i++) {
    const value = (convert[i] as Decode)(args[i])
    if (value === unfit) {
      throw new ProtocolFault(`argument #${i + 1} for ${name} is not of its declared type`)
    }
    converted[i] = value
  }
  return converted
}

function naming(name: string, toWire: (value: unknown) => unknown) {
  return (value: unknown) => {
    try {
      return toWire(value)
    } catch (error) {
      throw error instanceof WrongResult
        ? new WrongResult(`'${name}' returned a wrong value: ${error.message}`)
        : error
    }
  }
}
