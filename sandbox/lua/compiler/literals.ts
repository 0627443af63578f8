/** String literals of Lua source: quoted with escapes, and long brackets. */
import { EOS } from './tokens.js'
import { failReading, isDigit, isHexDigit } from './lex-state.js'
import type { LexState } from './lex-state.js'
import { encodeUtf8 } from '../utf8.js'

const ESCAPES: ReadonlyMap<number, string> = new Map(
  [
    ['a', '\x07'],
    ['b', '\b'],
    ['f', '\f'],
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
    ['v', '\v'],
    ['\\', '\\'],
    ['"', '"'],
    ["'", "'"]
  ].map(([letter, value]) => [(letter as string).charCodeAt(0), value as string])
)

/** Reads from the opening quote at `ls.at` up to and with the closing one. */
export function readString(ls: LexState, quote: number): string {
  const { text } = ls
  ls.at++
  let value = ''
  let from = ls.at
  for (;;) {
    const c = text.charCodeAt(ls.at)
    if (c === quote) break
    if (c === 92) {
      value += text.slice(from, ls.at)
      value += readEscape(ls)
      from = ls.at
    } else if (c === 10 || c === 13) {
      failReading(ls, 'unfinished string')
    } else if (ls.at >= text.length) {
      failReading(ls, 'unfinished string', EOS)
    } else ls.at++
  }
  value += text.slice(from, ls.at)
  ls.at++
  return value
}

function readEscape(ls: LexState): string {
  const { text } = ls
  const c = text.charCodeAt(++ls.at)
  const simple = ESCAPES.get(c)
  if (simple !== undefined) {
    ls.at++
    return simple
  }
  if (c === 10 || c === 13) {
    ls.breakLine()
    return '\n'
  }
  if (c === 120) return readHexEscape(ls)
  if (c === 122) return skipSpan(ls)
  if (c === 117) return readUnicodeEscape(ls)
  if (isDigit(c)) return readDecimalEscape(ls)
  if (ls.at >= text.length) failReading(ls, 'unfinished string', EOS)
  return failAfter(ls, 'invalid escape sequence')
}

/** Shows the offending character as well. */
function failAfter(ls: LexState, message: string): never {
  if (ls.at < ls.text.length) ls.at++
  failReading(ls, message)
}

function readHexEscape(ls: LexState): string {
  ls.at++
  const start = ls.at
  for (; ls.at < start + 2; ls.at++) {
    if (!isHexDigit(ls.text.charCodeAt(ls.at))) failAfter(ls, 'hexadecimal digit expected')
  }
  return String.fromCharCode(parseInt(ls.text.slice(start, ls.at), 16))
}

function skipSpan(ls: LexState): string {
  ls.at++
  for (;;) {
    const c = ls.text.charCodeAt(ls.at)
    if (c === 10 || c === 13) ls.breakLine()
    else if (c === 32 || (c >= 9 && c <= 12)) ls.at++
    else return ''
  }
}

function readUnicodeEscape(ls: LexState): string {
  if (ls.text.charCodeAt(++ls.at) !== 123) failAfter(ls, "missing '{'")
  const start = ++ls.at
  if (!isHexDigit(ls.text.charCodeAt(ls.at))) failAfter(ls, 'hexadecimal digit expected')
  let code = 0
  for (; isHexDigit(ls.text.charCodeAt(ls.at)); ls.at++) {
    code = code * 16 + parseInt(ls.text.charAt(ls.at), 16)
    if (code > 0x10ffff) failAfter(ls, 'UTF-8 value too large')
  }
  if (ls.at === start || ls.text.charCodeAt(ls.at) !== 125) failAfter(ls, "missing '}'")
  ls.at++
  return encodeUtf8(code)
}

function readDecimalEscape(ls: LexState): string {
  let code = 0
  for (let i = 0; i < 3 && isDigit(ls.text.charCodeAt(ls.at)); i++) {
    code = code * 10 + ls.text.charCodeAt(ls.at++) - 48
  }
  if (code > 255) failAfter(ls, 'decimal escape too large')
  return String.fromCharCode(code)
}

/** How many `=` stand in the long bracket that opens at `ls.at`, or -1 when none does. */
export function longBracketLevel(ls: LexState): number {
  const { text } = ls
  if (text.charCodeAt(ls.at) !== 91) return -1
  let i = ls.at + 1
  while (text.charCodeAt(i) === 61) i++
  return text.charCodeAt(i) === 91 ? i - ls.at - 1 : -1
}

/** Reads a long bracket of `level`, from its opening at `ls.at`. Line breaks of any kind become \n. */
export function readLongString(ls: LexState, level: number, what: 'string' | 'comment'): string {
  const { text } = ls
  const openedAt = ls.linenumber
  ls.at += level + 2
  const end = text.indexOf(`]${'='.repeat(level)}]`, ls.at)
  if (text.charCodeAt(ls.at) === 10 || text.charCodeAt(ls.at) === 13) ls.breakLine()
  let value = ''
  let from = ls.at
  const stop = end < 0 ? text.length : end
  while (ls.at < stop) {
    const c = text.charCodeAt(ls.at)
    if (c === 10 || c === 13) {
      value += text.slice(from, ls.at) + '\n'
      ls.breakLine()
      from = ls.at
    } else ls.at++
  }
  if (end < 0) failReading(ls, `unfinished long ${what} (starting at line ${openedAt})`, EOS)
  value += text.slice(from, end)
  ls.at = end + level + 2
  return value
}
