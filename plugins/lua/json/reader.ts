/** Reads JSON's smallest parts from a binary string of valid UTF-8. */
import { LuaFailure } from '../../../core/lua/errors.js'
import { unescapeJson } from './unescape.js'

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
/** What `peek` gives at the end of the text. */
const END = -1

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y

export class JsonReader {
  private at = 0

  constructor(private readonly text: string) {}

  failure(reason: string): LuaFailure {
    return new LuaFailure(`not JSON: ${reason} at position ${this.at + 1}`)
  }

  /** The unit of the next character that is not blank, without passing it. */
  peek(): number {
    for (; ; this.at++) {
      if (this.at >= this.text.length) return END
      const unit = this.text.charCodeAt(this.at)
      if (unit !== 32 && unit !== 10 && unit !== 13 && unit !== 9) return unit
    }
  }

  next(): void {
    this.at++
  }

  /** An object's key and the colon after it. */
  key(): string {
    if (this.peek() !== QUOTE) throw this.failure('a key in quotes expected')
    const key = this.string()
    if (this.peek() !== COLON) throw this.failure("':' expected")
    this.at++
    return key
  }

  /** A text, number, true, false or null, which begins with `unit`. */
  scalar(unit: number): string | number | boolean | undefined {
    switch (unit) {
      case QUOTE:
        return this.string()
      case 116:
        return this.word('true', true)
      case 102:
        return this.word('false', false)
      case 110:
        return this.word('null', undefined)
      case END:
        throw this.failure('the text ends where a value is expected,')
      default:
        return this.number()
    }
  }

  /** Nothing but blanks may follow the value. */
  end(): void {
    if (this.peek() !== END) throw this.failure('more text after the value')
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.failure('a value expected')
    this.at += word.length
    return value
  }

  private number(): number {
    NUMBER.lastIndex = this.at
    const digits = NUMBER.exec(this.text)?.[0]
    if (digits === undefined) throw this.failure('a value expected')
    const value = Number(digits)
    if (!Number.isFinite(value)) throw this.failure('a number too large')
    this.at += digits.length
    return value
  }

  private string(): string {
    const from = this.at + 1
    let escaped = false
    for (let at = from; at < this.text.length; at++) {
      const unit = this.text.charCodeAt(at)
      if (unit === QUOTE) {
        this.at = at + 1
        const raw = this.text.slice(from, at)
        return escaped
          ? unescapeJson(raw, offset => {
              this.at = from + offset
              return this.failure('a bad escape')
            })
          : raw
      }
      if (unit === BACKSLASH) {
        escaped = true
        at++
      } else if (unit < 32) {
        this.at = at
        throw this.failure('a control character in a text')
      }
    }
    this.at = this.text.length
    throw this.failure('a text without its closing quote')
  }
}
