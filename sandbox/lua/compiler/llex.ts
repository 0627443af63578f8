/**
 * Replaces Fengari's llex.js: reads tokens from a binary string. The original reads a byte at a time through a
 * buffer and hashes every name; ours slices, knows where each token starts (for the column of a syntax error),
 * and reads every numeral as a double.
 */
import { parseNumber } from '../number.js'
import {
  excerpt,
  fail,
  failReading,
  isDigit,
  isHexDigit,
  type LexState,
  type Token
} from './lex-state.js'
import type { TString } from './lstring.js'
import { readLongString, readString, longBracketLevel } from './literals.js'
import {
  CONCAT,
  DOTS,
  EOS,
  NAME,
  NUMBER,
  STRING,
  describeToken,
  pairs,
  reservedWords
} from './tokens.js'
export { RESERVED } from './tokens.js'
export { LexState } from './lex-state.js'

export interface Source {
  readonly text: string
  readonly chunkName: string
  readonly meter: (() => void) | undefined
}

export function luaX_setinput(state: unknown, ls: LexState, source: Source, name: unknown): void {
  ls.L = state
  ls.text = source.text
  ls.chunkName = source.chunkName
  ls.meter = source.meter
  ls.source = name
}

export const luaX_newstring = (ls: LexState, text: string): TString => ls.name(text)
export const luaX_token2str = (_ls: LexState, token: number): string => describeToken(token)
export const isreserved = (name: TString): boolean => reservedWords.has(name.text)

export function luaX_next(ls: LexState): void {
  ls.meter?.()
  ls.lastline = ls.linenumber
  if (ls.lookahead.token === EOS) return read(ls, ls.t)
  const used = ls.t
  ls.t = ls.lookahead
  ls.lookahead = used
  used.token = EOS
}

export function luaX_lookahead(ls: LexState): number {
  read(ls, ls.lookahead)
  return ls.lookahead.token
}

/** The parser's complaint about the current token. */
export function luaX_syntaxerror(ls: LexState, message: string): never {
  fail(ls, message, ls.t, ls.t.token === 0 ? '' : shown(ls, ls.t))
}

function shown(ls: LexState, token: Token): string {
  const isText = token.token === NAME || token.token === STRING || token.token === NUMBER
  return isText ? `'${excerpt(ls, token)}'` : describeToken(token.token)
}

function read(ls: LexState, token: Token): void {
  ls.reading = token
  skipBlanks(ls)
  token.start = ls.at
  token.token = readToken(ls, token)
  token.end = ls.at
}

function skipBlanks(ls: LexState): void {
  const { text } = ls
  for (;;) {
    const c = text.charCodeAt(ls.at)
    if (c === 10 || c === 13) ls.breakLine()
    else if (c === 32 || (c >= 9 && c <= 12)) ls.at++
    else if (c === 45 && text.charCodeAt(ls.at + 1) === 45) skipComment(ls)
    else return
  }
}

function skipComment(ls: LexState): void {
  ls.reading.start = ls.at
  ls.at += 2
  const level = longBracketLevel(ls)
  if (level >= 0) {
    readLongString(ls, level, 'comment')
    return
  }
  while (ls.at < ls.text.length && !isBreak(ls.text.charCodeAt(ls.at))) ls.at++
}

const isBreak = (c: number): boolean => c === 10 || c === 13
const isNameStart = (c: number): boolean =>
  (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95
const isNamePart = (c: number): boolean => isNameStart(c) || isDigit(c)

function readToken(ls: LexState, token: Token): number {
  const { text } = ls
  const c = text.charCodeAt(ls.at)
  if (isNameStart(c)) return readName(ls, token)
  if (isDigit(c) || (c === 46 && isDigit(text.charCodeAt(ls.at + 1)))) return readNumeral(ls, token)
  if (c === 34 || c === 39) {
    token.seminfo.ts = ls.name(readString(ls, c))
    return STRING
  }
  if (c === 91) return readBracket(ls, token)
  if (c === 46) return readDots(ls)
  if (ls.at >= text.length) return EOS
  ls.at++
  for (const [second, pair] of pairs.get(c) ?? []) {
    if (text.charCodeAt(ls.at) !== second) continue
    ls.at++
    return pair
  }
  return c
}

function readName(ls: LexState, token: Token): number {
  const start = ls.at
  do ls.at++
  while (isNamePart(ls.text.charCodeAt(ls.at)))
  const text = ls.text.slice(start, ls.at)
  const reserved = reservedWords.get(text)
  if (reserved !== undefined) return reserved
  token.seminfo.ts = ls.name(text)
  return NAME
}

function readNumeral(ls: LexState, token: Token): number {
  const { text } = ls
  const start = ls.at
  const hex = text.charCodeAt(ls.at) === 48 && (text.charCodeAt(ls.at + 1) | 32) === 120
  if (hex) ls.at += 2
  const exponent = hex ? 112 : 101
  for (;;) {
    const c = text.charCodeAt(ls.at)
    if ((c | 32) === exponent) {
      ls.at++
      const sign = text.charCodeAt(ls.at)
      if (sign === 43 || sign === 45) ls.at++
    } else if (isHexDigit(c) || c === 46) ls.at++
    else break
  }
  const value = parseNumber(text.slice(start, ls.at))
  if (value === undefined) failReading(ls, 'malformed number')
  token.seminfo.r = value
  return NUMBER
}

function readBracket(ls: LexState, token: Token): number {
  const level = longBracketLevel(ls)
  if (level >= 0) {
    token.seminfo.ts = ls.name(readLongString(ls, level, 'string'))
    return STRING
  }
  ls.at++
  if (ls.text.charCodeAt(ls.at) === 61) failReading(ls, 'invalid long string delimiter')
  return 91
}

function readDots(ls: LexState): number {
  const { text } = ls
  ls.at++
  if (text.charCodeAt(ls.at) !== 46) return 46
  ls.at++
  if (text.charCodeAt(ls.at) !== 46) return CONCAT
  ls.at++
  return DOTS
}
