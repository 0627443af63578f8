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

const BLANKS = /[ \t\r\f\v]+/y
const WORD = /[A-Za-z_]\w*/y
const NUMBER = /(?:0[xX][\da-fA-F.]+(?:[pP][+-]?\d+)?|\.?\d[\d.]*(?:[eE][+-]?\d+)?)/y
const LONG_OPEN = /\[(=*)\[/y
const SYMBOL = /\.\.\.|\.\.|==|~=|<=|>=|<<|>>|\/\/|::|[^\s]/y

export function* readTokens(code: string): Generator<Token> {
  let line = 1
  let at = code.startsWith('#') ? endOfLine(code, 0) : 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(code)
  }
  while (at < code.length) {
    const char = code.charAt(at)
    const start = line
    if (char === '\n') {
      line++
      at++
      continue
    }
    const blanks = match(BLANKS)
    if (blanks !== null) {
      at += blanks[0].length
      continue
    }
    if (code.startsWith('--', at)) {
      at += 2
      const isLong = match(LONG_OPEN)
      const end = isLong === null ? endOfLine(code, at) : endOfLong(code, at, isLong)
      const text = code.slice(at, end)
      if (isLong === null && /^-(?!-)/.test(text)) {
        yield { kind: 'doc', text: text.slice(1).trim(), line: start }
      }
      line += countLines(text)
      at = end
      continue
    }
    const long = match(LONG_OPEN)
    if (long !== null) {
      const end = endOfLong(code, at, long)
      const text = code.slice(at, end)
      const width = long[0].length
      yield { kind: 'string', text: text.slice(width, -width).replace(/^\r?\n/, ''), line: start }
      line += countLines(text)
      at = end
    } else if (char === '"' || char === "'") {
      const end = endOfString(code, at)
      const text = code.slice(at, end)
      yield { kind: 'string', text: unescape(text.slice(1, -1)), line: start }
      line += countLines(text)
      at = end
    } else {
      const word = match(WORD)
      const found = word ?? match(NUMBER) ?? match(SYMBOL)
      const text = found?.[0] ?? char
      const kind = word !== null ? 'name' : /^\.?\d/.test(text) ? 'number' : 'symbol'
      yield { kind, text, line: start }
      at += text.length
    }
  }
}

const countLines = (text: string): number => text.split('\n').length - 1

function endOfLine(code: string, from: number): number {
  const end = code.indexOf('\n', from)
  return end === -1 ? code.length : end
}

function endOfLong(code: string, from: number, [open, level = '']: RegExpExecArray): number {
  const close = `]${level}]`
  const end = code.indexOf(close, from + open.length)
  return end === -1 ? code.length : end + close.length
}

/** Behind the quote that closes it; of one that nothing closes, the end of its line. */
function endOfString(code: string, from: number): number {
  const quote = code.charAt(from)
  for (let at = from + 1; at < code.length; at++) {
    const char = code.charAt(at)
    if (char === '\\') at++
    else if (char === quote) return at + 1
    else if (char === '\n') return at
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
