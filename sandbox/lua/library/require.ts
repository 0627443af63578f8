/** `require` for modules that come with the engine or with the version; each is run once per run. */
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
  /** The first of a name stays. */
  add(name: string, text: string, chunkName: string): void
  /** Forgets what was loaded. */
  reset(): void
}

interface Source {
  readonly text: string
  readonly chunkName: string
}

/** Marks a module that is being loaded, to find modules that require each other. */
const LOADING = new Native('loading', () => undefined)

/** `isGlobal` tells libraries, which need no `require`, from what is not there. */
export function requireFunction(
  vm: Vm,
  sources: Readonly<Record<string, string>>,
  isGlobal: (name: string) => boolean
): Modules {
  const texts = new Map(
    Object.entries(sources).map(([name, text]): [string, Source] => [
      name,
      { text, chunkName: name }
    ])
  )
  const own = [...texts.keys()].sort()
  const compiled = new Map<string, Code>()
  let loaded = new Map<string, Value>()
  /** Names of those that are being loaded, the outermost first. */
  const loading: string[] = []

  function codeOf(name: string): Code {
    const known = compiled.get(name)
    if (known !== undefined) return known
    const source = texts.get(name)
    if (source === undefined) throw new LuaThrow(whyMissing(name, own, isGlobal(name)))
    const { text, chunkName } = source
    const code = compileModule(name, text, chunkName)
    compiled.set(name, code)
    return code
  }

  return {
    add(name, text, chunkName) {
      if (!texts.has(name)) texts.set(name, { text, chunkName })
    },
    reset() {
      if (loaded.size > 0) loaded = new Map()
    },
    require: new Native('require', given => {
      const name = checkString(given, 1)
      const known = loaded.get(name)
      if (known === LOADING) {
        const circle = [...loading.slice(loading.indexOf(name)), name].join(' requires ')
        throw new LuaThrow(`loop in require: ${circle}`)
      }
      if (known !== undefined) return known
      const code = codeOf(name)
      loaded.set(name, LOADING)
      loading.push(name)
      try {
        const result = vm.callFirst(closureOf(code, vm.globals), [name])
        loaded.set(name, result ?? true)
        return result ?? true
      } catch (error) {
        loaded.delete(name)
        throw error
      } finally {
        loading.pop()
      }
    })
  }
}

function compileModule(name: string, text: string, chunkName: string): Code {
  try {
    return compile(text, chunkName)
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    throw new LuaError(`error loading module '${name}': ${error.message}`)
  }
}

function whyMissing(name: string, own: readonly string[], isGlobal: boolean): string {
  const why = `module '${name}' not found`
  if (isGlobal) return `${why}: '${name}' is a global, which needs no require`
  return own.length === 0 ? why : `${why} (the server itself has ${own.join(', ')})`
}
