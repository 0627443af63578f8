/** Lua functions in words, as the printed reference, the editor and LuaLS files write them. */
import { luaKeywords } from '../base/lua-keywords.js'
import type { LuaFunctionDeclaration, Param } from './module.js'
import { typeText } from './types/declared.js'
import { optionalMark, withoutOptional } from './types/optional.js'

/** Of the Lua language. */
export const keywords: ReadonlySet<string> = new Set(luaKeywords)

/** How the function is written in a call: `strings["repeat"]` where its name is a word of the language. */
export const callName = (module: string, name: string): string =>
  keywords.has(name) ? `${module}["${name}"]` : `${module}.${name}`

const paramText = ({ name, type }: Param): string =>
  `${name}${optionalMark(type)}: ${typeText(withoutOptional(type))}`

/** Such as `kv.get(key: string): string | nil`; `err` stands for the message of a function that can fail. */
export function signatureText(
  module: string,
  name: string,
  { params, returns, fails, ...declared }: LuaFunctionDeclaration
): string {
  if ('isValue' in declared) return `${callName(module, name)}: ${typeText(returns)}`
  const call = `${callName(module, name)}(${params.map(paramText).join(', ')})`
  if (fails === true) return `${call}: ${typeText(withoutOptional(returns))} | nil, err`
  return returns.kind === 'nil' ? call : `${call}: ${typeText(returns)}`
}
