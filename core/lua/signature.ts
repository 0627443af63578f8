/** Lua types and functions in words, as the printed reference, the editor and LuaLS files write them. */
import type { LuaFunctionDeclaration, Param } from './module.js'
import type { LuaType } from './types.js'

const plain: Readonly<Partial<Record<LuaType['kind'], string>>> = {
  bytes: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  nil: 'nil',
  any: 'any'
}

/** The type as LuaLS annotations have it. Named records are their names. */
export function typeText(type: LuaType): string {
  switch (type.kind) {
    case 'text':
      return type.oneOf === undefined
        ? 'string'
        : type.oneOf.map(text => JSON.stringify(text)).join(' | ')
    case 'list':
      return `${inBrackets(typeText(type.of))}[]`
    case 'map':
      return `table<string, ${typeText(type.of)}>`
    case 'record':
      return (
        type.name ??
        `{ ${Object.entries(type.fields)
          .map(
            ([name, field]) =>
              `${name}${optionalMark(field.type)}: ${typeText(withoutOptional(field.type))}`
          )
          .join(', ')} }`
      )
    case 'union':
      return unionText(type.of)
    case 'optional':
      return `${typeText(type.of)} | nil`
    default:
      return plain[type.kind] ?? 'any'
  }
}

/** Alternatives, each once. `any` beside others stands for "checked later" and says nothing to the reader. */
function unionText(types: readonly LuaType[]): string {
  const texts = [...new Set(types.map(typeText))]
  const telling = texts.filter(text => text !== 'any')
  return telling.length === 0 ? 'any' : telling.join(' | ')
}

const inBrackets = (text: string): string => (text.includes(' | ') ? `(${text})` : text)

export const isOptional = (type: LuaType): boolean => type.kind === 'optional'
export const withoutOptional = (type: LuaType): LuaType =>
  type.kind === 'optional' ? type.of : type
export const optionalMark = (type: LuaType): string => (isOptional(type) ? '?' : '')

/** Of the Lua language. */
export const keywords = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(
    ' '
  )
)

/** How the function is written in a call: `strings["repeat"]` where its name is a word of the language. */
export const callName = (module: string, name: string): string =>
  keywords.has(name) ? `${module}["${name}"]` : `${module}.${name}`

const paramText = ({ name, type }: Param): string =>
  `${name}${optionalMark(type)}: ${typeText(withoutOptional(type))}`

/** Such as `kv.get(key: string): string | nil`; `err` stands for the message of a function that can fail. */
export function signatureText(
  module: string,
  name: string,
  { params, returns, fails }: LuaFunctionDeclaration
): string {
  const call = `${callName(module, name)}(${params.map(paramText).join(', ')})`
  if (fails === true) return `${call}: ${typeText(withoutOptional(returns))} | nil, err`
  return returns.kind === 'nil' ? call : `${call}: ${typeText(returns)}`
}
