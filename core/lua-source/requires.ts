/** Which modules Lua code loads with `require`, as far as that can be read from it. */
import { readTokens, type Token } from './tokens.js'

/** Stands for names that the code computes: it may require any module. */
export const ANY_MODULE = '*'

/** Code in a text, as `load` takes it. */
const IN_TEXT = /^require$|\brequire\s*[("'[]/

/**
 * The names in `require("name")`, `require "name"` and `pcall(require, "name")`, each once, sorted; also ANY_MODULE
 * when `require` is used in another way.
 */
export function findRequires(code: string): readonly string[] {
  if (!code.includes('require')) return []
  const tokens = readTokens(code).filter(({ kind }) => kind !== 'doc')
  const found = new Set<string>()
  tokens.forEach((token, index) => {
    if (isRequire(token, tokens[index - 1])) found.add(nameAfter(tokens, index))
    else if (token.kind === 'string' && IN_TEXT.test(token.text)) found.add(ANY_MODULE)
  })
  return [...found].sort()
}

/** Not a field or a method of that name. */
const isRequire = ({ kind, text }: Token, before: Token | undefined): boolean =>
  kind === 'name' && text === 'require' && before?.text !== '.' && before?.text !== ':'

function nameAfter(tokens: readonly Token[], at: number): string {
  const [first, second, third] = tokens.slice(at + 1, at + 4)
  if (first?.kind === 'string') return first.text
  const isCall = first?.kind === 'symbol' && (first.text === '(' || first.text === ',')
  const isWhole = third?.kind === 'symbol' && third.text === ')'
  return isCall && isWhole && second?.kind === 'string' ? second.text : ANY_MODULE
}
