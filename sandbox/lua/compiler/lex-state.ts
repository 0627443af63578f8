/** The state of the lexer, and how it reports what it cannot read. */
import { TString } from './lstring.js'
import { EOS, describeToken } from './tokens.js'

/** What ends a compilation; `column` counts from 1. */
export class SyntaxFault {
  constructor(
    readonly message: string,
    readonly line: number,
    readonly column: number
  ) {}
}

export class Token {
  token = EOS
  start = 0
  end = 0
  readonly seminfo: { r: number; ts: TString } = { r: 0, ts: new TString('') }
}

/** The state of the lexer, and the parser's where all functions share it; its names are the parser's. */
export class LexState {
  text = ''
  /** Offset of the next unread character. */
  at = 0
  lineStart = 0
  linenumber = 1
  lastline = 1
  t = new Token()
  lookahead = new Token()
  /** The token being read. */
  reading = this.t
  chunkName = ''
  /** Called for every token. */
  meter: (() => void) | undefined = undefined
  fs: unknown = null
  L: unknown = null
  h: unknown = null
  dyd: unknown = null
  buff: unknown = null
  source: unknown = null
  envn = new TString('_ENV')
  private readonly names = new Map<string, TString>()

  name(text: string): TString {
    let name = this.names.get(text)
    if (name === undefined) this.names.set(text, (name = new TString(text)))
    return name
  }

  /** Steps over a line break at `at`: any of \n, \r, \r\n, \n\r. */
  breakLine(): void {
    const first = this.text.charCodeAt(this.at++)
    const second = this.text.charCodeAt(this.at)
    if ((second === 10 || second === 13) && second !== first) this.at++
    this.linenumber++
    this.lineStart = this.at
  }
}

/** The lexer's complaint about the token being read, showing what was read of it. */
export function failReading(ls: LexState, message: string, token?: number): never {
  ls.reading.end = ls.at
  fail(
    ls,
    message,
    ls.reading,
    token === undefined ? `'${excerpt(ls, ls.reading)}'` : describeToken(token)
  )
}

/** Ends the compilation with a message about a token. */
export function fail(ls: LexState, message: string, token: Token, near: string): never {
  const lineStart =
    Math.max(
      ls.text.lastIndexOf('\n', token.start - 1),
      ls.text.lastIndexOf('\r', token.start - 1)
    ) + 1
  const text = `${ls.chunkName}:${ls.linenumber}: ${message}${near === '' ? '' : ` near ${near}`}`
  throw new SyntaxFault(text, ls.linenumber, token.start - lineStart + 1)
}

/** The token's text; of a very long one the beginning. */
export function excerpt(ls: LexState, token: Token): string {
  return token.end - token.start > 200
    ? `${ls.text.slice(token.start, token.start + 200)}...`
    : ls.text.slice(token.start, token.end)
}

export const isDigit = (c: number): boolean => c >= 48 && c <= 57
export const isHexDigit = (c: number): boolean =>
  isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70)
