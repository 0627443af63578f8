/** A position in the text being parsed, and what may be read there. What does not fit throws LuaFailure. */
import { LuaFailure } from '../../../core/lua/errors.js'
import { quoted } from '../native.js'

export class Reader {
  private at = 0

  constructor(
    private readonly text: string,
    private readonly layout: string
  ) {}

  failure(reason: string): LuaFailure {
    return new LuaFailure(`cannot read ${quoted(this.text)} as ${quoted(this.layout)}: ${reason}`)
  }

  /** The next `length` bytes, fewer at the end, without passing them. */
  peek(length: number): string {
    return this.text.slice(this.at, this.at + length)
  }

  /** Passes `length` bytes and gives them. */
  take(length: number): string {
    const taken = this.peek(length)
    this.at += length
    return taken
  }

  /** Passes literal text. Blanks in it stand for one or more blanks, or for the end. */
  skip(literal: string): void {
    for (let i = 0; i < literal.length; i++) {
      const unit = literal.charAt(i)
      if (unit !== ' ') {
        if (this.text.charAt(this.at) !== unit) {
          throw this.failure(`${quoted(literal)} is missing at position ${this.at + 1}`)
        }
        this.at++
        continue
      }
      if (this.at < this.text.length && this.text.charAt(this.at) !== ' ') {
        throw this.failure(`a blank is missing at position ${this.at + 1}`)
      }
      while (this.text.charAt(this.at) === ' ') this.at++
      while (literal.charAt(i + 1) === ' ') i++
    }
  }

  skipBlank(): void {
    if (this.text.charAt(this.at) === ' ') this.at++
  }

  /** A number of `least` to `most` digits. */
  number(least: number, most: number, what: string): number {
    const digits = /^\d*/.exec(this.peek(most))?.[0] ?? ''
    if (digits.length < least) {
      throw this.failure(`the ${what} is missing at position ${this.at + 1}`)
    }
    this.at += digits.length
    return Number(digits)
  }

  /** The same, and it must be from `min` to `max`. */
  within(min: number, max: number, [least, most]: readonly [number, number], what: string): number {
    const value = this.number(least, most, what)
    if (value < min || value > max) throw this.failure(`${what} ${value} is out of range`)
    return value
  }

  /** The index of the name, in any case, that stands here. */
  name(names: readonly string[], what: string): number {
    const index = names.findIndex(
      name => this.peek(name.length).toLowerCase() === name.toLowerCase()
    )
    if (index < 0) throw this.failure(`the ${what} is missing at position ${this.at + 1}`)
    this.at += names[index]?.length ?? 0
    return index
  }

  /** Passes a point or comma and digits, if they are here. */
  skipFraction(): void {
    if (!/^[.,]\d/.test(this.peek(2))) return
    this.at += 2
    while (/\d/.test(this.peek(1))) this.at++
  }

  finish(): void {
    if (this.at < this.text.length) {
      throw this.failure(`there is more text at position ${this.at + 1}`)
    }
  }
}
