/** Which modules Lua code loads with `require`, as far as that can be read from it. */
import { visitTokens, type Token } from './tokens.js'

/** Stands for names that the code computes: it may require any module. */
export const ANY_MODULE = '*'

/** Code in a text, as `load` takes it. */
const IN_TEXT = /^require$|\brequire\s*[("'[]/

/** No module has a name of so many characters. */
const MAX_NAME = 200
/** Names of one text. */
const MAX_NAMES = 1000

/**
 * The names in `require("name")`, `require "name"` and `pcall(require, "name")`, each once, sorted; also ANY_MODULE
 * when `require` is used in another way, or with more names than anybody can look up for each run.
 */
export function findRequires(code: string): readonly string[] {
  if (!code.includes('require')) return []
  const found = new Set<string>()
  /** What follows each of the last uses of `require`: up to three tokens. */
  let open: Token[][] = []
  let before: Token | undefined
  visitTokens(code, token => {
    if (token.kind === 'doc') return
    for (const following of open) {
      if (following.push(token) === 3) add(found, following)
    }
    if (open.length > 0) open = open.filter(({ length }) => length < 3)
    if (isRequire(token, before)) open.push([])
    else if (token.kind === 'string' && IN_TEXT.test(token.text)) found.add(ANY_MODULE)
    before = token
  })
  for (const following of open) add(found, following)
  return [...found].sort()
}

function add(found: Set<string>, following: readonly Token[]): void {
  const name = nameIn(following)
  if (name.length > MAX_NAME) return
  found.add(found.size < MAX_NAMES || found.has(name) ? name : ANY_MODULE)
}

/** Not a field or a method of that name. */
const isRequire = ({ kind, text }: Token, before: Token | undefined): boolean =>
  kind === 'name' && text === 'require' && before?.text !== '.' && before?.text !== ':'

function nameIn([first, second, third]: readonly Token[]): string {
  if (first?.kind === 'string') return first.text
  const isCall = first?.kind === 'symbol' && (first.text === '(' || first.text === ',')
  const isWhole = third?.kind === 'symbol' && third.text === ')'
  return isCall && isWhole && second?.kind === 'string' ? second.text : ANY_MODULE
}
