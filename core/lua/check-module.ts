/**
 * Whether a module of other people is declared well enough to be used: the stubs, the checks and the documentation are
 * made from the declaration, so a gap in it must show at start and not in somebody's function.
 */
import type { LuaModule } from './module.js'
import type { LuaType } from './types/declare.js'
import { isType, partsOf } from './types/declared.js'

/** A sentence for each thing that is wrong, naming module and function. */
export function moduleProblems(module: LuaModule): string[] {
  if (typeof module !== 'object' || module === null || typeof module.name !== 'string') {
    return ['a Lua module must be made with luaModule(name, { … })']
  }
  const problems = isText(module.doc) ? [] : [`${module.name} has no doc`]
  if (typeof module.functions !== 'object' || module.functions === null) {
    return [...problems, `${module.name} has no functions`]
  }
  if (module.source !== undefined && typeof module.source !== 'string') {
    problems.push(`${module.name}: its source is no text`)
  }
  for (const [name, declared] of Object.entries(module.functions)) {
    problems.push(
      ...functionProblems(declared, module.source !== undefined).map(
        problem => `${module.name}.${name}${problem}`
      )
    )
  }
  return problems
}

type Declared = Partial<LuaModule['functions'][string]>

function functionProblems(declared: Declared, hasSource: boolean): string[] {
  if (typeof declared !== 'object' || declared === null) return [' must be made with host({ … })']
  const problems: string[] = []
  if (declared.place === 'local' ? !hasSource : declared.place !== 'host') {
    problems.push(
      ' must be made with host({ … }), or with local({ … }) in a module that has a Lua source'
    )
  }
  if (declared.place === 'host' && typeof (declared as { run?: unknown }).run !== 'function') {
    problems.push(' has no run')
  }
  if (!isText(declared.doc)) problems.push(' has no doc')
  if (!isText(declared.example)) problems.push(' has no example')
  if (!isType(declared.returns)) problems.push(': what it returns has no type')
  return [...problems, ...paramProblems(declared)]
}

function paramProblems({ params, place }: Declared): string[] {
  if (!Array.isArray(params)) return [' has no list of params']
  return (params as NonNullable<Declared['params']>).flatMap((param, i) => {
    if (!isText(param?.name) || !isText(param.doc) || !isType(param.type)) {
      return [`: parameter #${i + 1} needs a name, a type and a doc; use param(name, type, doc)`]
    }
    if (place === 'host' && hasFunction(param.type)) {
      return [`: parameter '${param.name}' is or holds a function, which stays in the sandbox`]
    }
    const after = params[i - 1] as typeof param | undefined
    return after?.type.kind === 'optional' && param.type.kind !== 'optional'
      ? [`: the parameter '${param.name}' is needed, but the one before it is optional`]
      : []
  })
}

const hasFunction = (type: LuaType): boolean =>
  type.kind === 'callback' || partsOf(type).some(hasFunction)

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
