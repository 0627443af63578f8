/**
 * The words of Lua code, for whoever reads it without running it. Never throws: code with mistakes in it gives the
 * tokens that it has.
 */

export interface Token {
  /** `doc` is a comment that begins with three dashes. */
  readonly kind: 'name' | 'string' | 'symbol' | 'number' | 'doc'
  /** Of a string what it holds, of a doc comment what follows the dashes, else the token itself. */
  readonly text: string
  /** From 1. */
  readonly line: number
}

const NUMBER = /0[xX][\da-fA-F.]+(?:[pP][+-]?\d+)?|\.?\d[\d.]*(?:[eE][+-]?\d+)?/y
/** Symbols of more than one character; the longer ones first. What they go on with is one of CONTINUING. */
const LONG_SYMBOLS = ['...', '..', '==', '~=', '<=', '>=', '<<', '>>', '//', '::']
const CONTINUING = '.=<>/:'

const NEWLINE = 10
const BLANK = 32
const DASH = 45
const OPEN = 91
const EQUALS = 61

export function readTokens(code: string): Token[] {
  const tokens: Token[] = []
  visitTokens(code, token => tokens.push(token))
  return tokens
}

/**
 * The same, one by one, so that long code needs no memory for all of them. Character by character, since the server
 * does nothing else meanwhile: a module of 1 MiB takes some 60 ms so.
 */
export function visitTokens(code: string, visit: (token: Token) => void): void {
  let line = 1
  let at = code.startsWith('#') ? endOfLine(code, 0) : 0
  /** Adds what ends before `end`, with the text that it holds. */
  const take = (kind: Token['kind'] | undefined, text: string, end: number): void => {
    if (kind !== undefined) visit({ kind, text, line })
    if (kind !== 'name' && kind !== 'symbol') line += countLines(code, at, end)
    at = end
  }
  while (at < code.length) {
    const char = code.charCodeAt(at)
    if (char <= BLANK) {
      if (char === NEWLINE) line++
      at++
    } else if (isLetter(char)) {
      let end = at + 1
      while (isLetter(code.charCodeAt(end)) || isDigit(code.charCodeAt(end))) end++
      take('name', code.slice(at, end), end)
    } else if (char === DASH && code.charCodeAt(at + 1) === DASH) {
      const width = longWidth(code, at + 2)
      const end = width === 0 ? endOfLine(code, at) : endOfLong(code, at + 2, width)
      const isDoc = width === 0 && code[at + 2] === '-' && code[at + 3] !== '-'
      take(isDoc ? 'doc' : undefined, isDoc ? code.slice(at + 3, end).trim() : '', end)
    } else if (char === OPEN && longWidth(code, at) > 0) {
      const width = longWidth(code, at)
      const end = endOfLong(code, at, width)
      take('string', code.slice(at + width, end - width).replace(/^\r?\n/, ''), end)
    } else if (char === 34 || char === 39) {
      const end = endOfString(code, at)
      take('string', unescape(code.slice(at + 1, end - 1)), end)
    } else if (isDigit(char) || (char === 46 && isDigit(code.charCodeAt(at + 1)))) {
      NUMBER.lastIndex = at
      const text = NUMBER.exec(code)?.[0] ?? code.charAt(at)
      take('number', text, at + text.length)
    } else {
      const text = symbolAt(code, at)
      take('symbol', text, at + text.length)
    }
  }
}

const symbolAt = (code: string, at: number): string =>
  (CONTINUING.includes(code.charAt(at + 1)) &&
    LONG_SYMBOLS.find(symbol => code.startsWith(symbol, at))) ||
  code.charAt(at)

const isLetter = (char: number): boolean =>
  (char >= 97 && char <= 122) || (char >= 65 && char <= 90) || char === 95

const isDigit = (char: number): boolean => char >= 48 && char <= 57

/** Looks no further than `end`, however far the next line is. */
function countLines(code: string, from: number, end: number): number {
  let count = 0
  for (let at = from; at < end; at++) if (code.charCodeAt(at) === NEWLINE) count++
  return count
}

function endOfLine(code: string, from: number): number {
  const end = code.indexOf('\n', from)
  return end === -1 ? code.length : end
}

/** Characters of `[[` or `[==[` that stand there; 0: none do. */
function longWidth(code: string, from: number): number {
  if (code.charCodeAt(from) !== OPEN) return 0
  let at = from + 1
  while (code.charCodeAt(at) === EQUALS) at++
  return code.charCodeAt(at) === OPEN ? at + 1 - from : 0
}

function endOfLong(code: string, from: number, width: number): number {
  const end = code.indexOf(`]${'='.repeat(width - 2)}]`, from + width)
  return end === -1 ? code.length : end + width
}

/** Behind the quote that closes it; of one that nothing closes, the end of its line. */
function endOfString(code: string, from: number): number {
  const quote = code.charCodeAt(from)
  for (let at = from + 1; at < code.length; at++) {
    const char = code.charCodeAt(at)
    if (char === 92) at++
    else if (char === quote) return at + 1
    else if (char === NEWLINE) return at
  }
  return code.length
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

/** What matters here: names of modules have no other escapes. */
const unescape = (text: string): string =>
  text.includes('\\')
    ? text.replace(
        /\\(?:x([\da-fA-F]{2})|(\d{1,3})|([^]))/g,
        (_all, hex?: string, decimal?: string, char = '') =>
          hex !== undefined
            ? String.fromCharCode(Number.parseInt(hex, 16))
            : decimal !== undefined
              ? String.fromCharCode(Number(decimal))
              : (escapes[char] ?? char)
      )
    : text
