/** `require` for modules that come with the engine; each is run once per run. */
import { compile } from '../compiler/compile.js'
import type { Code } from '../compiler/code.js'
import { SyntaxFault } from '../compiler/lex-state.js'
import { LuaError, LuaThrow } from '../errors.js'
import type { Vm } from '../vm/vm.js'
import { Native, closureOf } from '../function.js'
import type { Value } from '../value.js'
import { checkString } from './arguments.js'

export interface Modules {
  readonly require: Native
  /** Forgets what was loaded. */
  reset(): void
}

/** Marks a module that is being loaded, to find modules that require each other. */
const LOADING = new Native('loading', () => undefined)

/** Undefined when there are no modules, so that there is no `require` either. */
export function requireFunction(
  vm: Vm,
  sources: Readonly<Record<string, string>>
): Modules | undefined {
  const texts = new Map(Object.entries(sources))
  if (texts.size === 0) return undefined
  const compiled = new Map<string, Code>()
  let loaded = new Map<string, Value>()

  function codeOf(name: string): Code {
    const known = compiled.get(name)
    if (known !== undefined) return known
    const text = texts.get(name)
    if (text === undefined) {
      throw new LuaThrow(
        `module '${name}' not found; there are: ${[...texts.keys()].sort().join(', ')}`
      )
    }
    try {
      const code = compile(text, name)
      compiled.set(name, code)
      return code
    } catch (error) {
      if (error instanceof SyntaxFault) {
        throw new LuaError(`error loading module '${name}': ${error.message}`)
      }
      throw error
    }
  }

  return {
    reset() {
      if (loaded.size > 0) loaded = new Map()
    },
    require: new Native('require', given => {
      const name = checkString(given, 1)
      const known = loaded.get(name)
      if (known === LOADING) {
        throw new LuaThrow(`loop in require: module '${name}' is still being loaded`)
      }
      if (known !== undefined) return known
      const code = codeOf(name)
      loaded.set(name, LOADING)
      try {
        const result = vm.callFirst(closureOf(code, vm.globals), [name])
        loaded.set(name, result ?? true)
        return result ?? true
      } catch (error) {
        loaded.delete(name)
        throw error
      }
    })
  }
}
