/** The tokens of Lua, under the names Fengari's parser knows them by. One-character tokens are their character. */
import { luaKeywords } from '../../../core/base/lua-keywords.js'

const FIRST = 257

const OTHERS: ReadonlyArray<readonly [string, string]> = [
  ['TK_IDIV', '//'],
  ['TK_CONCAT', '..'],
  ['TK_DOTS', '...'],
  ['TK_EQ', '=='],
  ['TK_GE', '>='],
  ['TK_LE', '<='],
  ['TK_NE', '~='],
  ['TK_SHL', '<<'],
  ['TK_SHR', '>>'],
  ['TK_DBCOLON', '::'],
  ['TK_EOS', '<eof>'],
  ['TK_FLT', '<number>'],
  ['TK_INT', '<integer>'],
  ['TK_NAME', '<name>'],
  ['TK_STRING', '<string>']
]

const all: ReadonlyArray<readonly [string, string]> = [
  ...luaKeywords.map(word => [`TK_${word.toUpperCase()}`, word] as const),
  ...OTHERS
]

export const RESERVED: Readonly<Record<string, number>> = Object.fromEntries(
  all.map(([name], i) => [name, FIRST + i])
)

export const reservedWords: ReadonlyMap<string, number> = new Map(
  luaKeywords.map((word, i) => [word, FIRST + i])
)

const number = (name: string): number => RESERVED[name] ?? 0
export const EOS = number('TK_EOS')
export const NUMBER = number('TK_FLT')
export const NAME = number('TK_NAME')
export const STRING = number('TK_STRING')
export const DOTS = number('TK_DOTS')
export const CONCAT = number('TK_CONCAT')

/** Tokens of two characters by the first one: what follows, and which token that makes. */
export const pairs: ReadonlyMap<number, ReadonlyArray<readonly [number, number]>> = new Map(
  [
    ['=', ['==']],
    ['<', ['<=', '<<']],
    ['>', ['>=', '>>']],
    ['/', ['//']],
    ['~', ['~=']],
    [':', ['::']]
  ].map(([first, tokens]) => [
    (first as string).charCodeAt(0),
    (tokens as string[]).map(
      token =>
        [token.charCodeAt(1), number(OTHERS.find(([, text]) => text === token)?.[0] ?? '')] as const
    )
  ])
)

/** A token as messages show it. */
export function describeToken(token: number): string {
  if (token >= FIRST) {
    const text = all[token - FIRST]?.[1] ?? '?'
    return token < EOS ? `'${text}'` : text
  }
  return token >= 32 && token < 127 ? `'${String.fromCharCode(token)}'` : `'<\\${token}>'`
}
