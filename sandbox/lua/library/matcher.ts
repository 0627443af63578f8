/** Matches a compiled pattern against a text. */
import { LuaThrow } from '../errors.js'
import type { Value } from '../value.js'
import { Kind } from './pattern.js'
import type { Item, Pattern } from './pattern.js'
import { substring } from './substring.js'

/** Nested choices before a pattern counts as too complex, as in PUC Lua (MAXCCALLS). */
const MAX_DEPTH = 200

export class Matcher {
  readonly starts: number[] = []
  readonly ends: number[] = []
  private depth = 0

  constructor(
    readonly pattern: Pattern,
    readonly text: string
  ) {
    for (let i = 0; i < pattern.captures; i++) {
      this.starts.push(-1)
      this.ends.push(-1)
    }
  }

  /** Where a match that starts at `from` ends, or -1. */
  matchAt(from: number): number {
    this.depth = 0
    return this.match(0, from)
  }

  /** A capture's value: a position capture is a number. Beyond them, number 0 is the whole match. */
  capture(index: number, from: number, to: number): Value {
    if (index >= this.pattern.captures) {
      if (index === 0) return substring(this.text, from, to)
      throw new LuaThrow(`invalid capture index %${index + 1}`)
    }
    const start = this.starts[index] as number
    const end = this.ends[index] as number
    if (end === OPEN) throw new LuaThrow('unfinished capture')
    return end === POSITION ? start + 1 : substring(this.text, start, end)
  }

  /** All captures, or the whole match when the pattern has none. */
  captures(from: number, to: number): Value[] {
    const count = Math.max(1, this.pattern.captures)
    const values: Value[] = []
    for (let i = 0; i < count; i++) values.push(this.capture(i, from, to))
    return values
  }

  private match(at: number, position: number): number {
    const { items } = this.pattern
    const { text } = this
    for (; at < items.length; at++) {
      const item = items[at] as Item
      switch (item.kind) {
        case Kind.single:
          if (position >= text.length || item.set[text.charCodeAt(position)] === 0) return -1
          position++
          break
        case Kind.optional:
          if (position < text.length && item.set[text.charCodeAt(position)] === 1) {
            const end = this.attempt(at + 1, position + 1)
            if (end >= 0) return end
          }
          break
        case Kind.star:
          return this.repeat(at, position, 0)
        case Kind.plus:
          return this.repeat(at, position, 1)
        case Kind.minus:
          return this.repeatLazily(at, position)
        case Kind.open:
        case Kind.position:
        case Kind.close:
          return this.bound(at, position)
        case Kind.back: {
          if (this.ends[item.a] === POSITION) return -1
          const captured = text.slice(this.starts[item.a], this.ends[item.a])
          if (!text.startsWith(captured, position)) return -1
          position += captured.length
          break
        }
        case Kind.balance:
          position = this.balanced(item, position)
          if (position < 0) return -1
          break
        case Kind.frontier: {
          const before = position === 0 ? 0 : text.charCodeAt(position - 1)
          const after = position < text.length ? text.charCodeAt(position) : 0
          if (item.set[before] === 1 || item.set[after] === 0) return -1
          break
        }
        case Kind.fail:
          throw new LuaThrow(this.pattern.failure)
        case Kind.end:
          return position === text.length ? position : -1
      }
    }
    return position
  }

  private attempt(at: number, position: number): number {
    if (++this.depth > MAX_DEPTH) throw new LuaThrow('pattern too complex')
    const end = this.match(at, position)
    this.depth--
    return end
  }

  /** As many as possible, then fewer. */
  private repeat(at: number, position: number, least: number): number {
    const { text } = this
    const { items } = this.pattern
    const { set } = items[at] as Item
    const { length } = text
    let end = position
    while (end < length && set[text.charCodeAt(end)] === 1) end++
    if (at + 1 === items.length) return end - position >= least ? end : -1
    const next = items[at + 1] as Item
    for (; end - position >= least; end--) {
      // Not worth a try where the next single character cannot match.
      if (next.kind === Kind.single && (end >= length || next.set[text.charCodeAt(end)] === 0)) {
        continue
      }
      const matched = this.attempt(at + 1, end)
      if (matched >= 0) return matched
    }
    return -1
  }

  /** As few as possible, then more. */
  private repeatLazily(at: number, position: number): number {
    const { text } = this
    const { items } = this.pattern
    const { set } = items[at] as Item
    const next = items[at + 1]
    for (;;) {
      if (
        next === undefined ||
        next.kind !== Kind.single ||
        (position < text.length && next.set[text.charCodeAt(position)] === 1)
      ) {
        const matched = this.attempt(at + 1, position)
        if (matched >= 0) return matched
      }
      if (position >= text.length || set[text.charCodeAt(position)] === 0) return -1
      position++
    }
  }

  /** Begins or ends a capture; what was there before is put back when the rest does not match. */
  private bound(at: number, position: number): number {
    const { kind, a } = this.pattern.items[at] as Item
    const start = this.starts[a] as number
    const end = this.ends[a] as number
    if (kind === Kind.close) this.ends[a] = position
    else {
      this.starts[a] = position
      this.ends[a] = kind === Kind.position ? POSITION : OPEN
    }
    const matched = this.attempt(at + 1, position)
    if (matched < 0) {
      this.starts[a] = start
      this.ends[a] = end
    }
    return matched
  }

  private balanced(item: Item, position: number): number {
    const { text } = this
    if (position >= text.length || text.charCodeAt(position) !== item.a) return -1
    let depth = 1
    for (let i = position + 1; i < text.length; i++) {
      const c = text.charCodeAt(i)
      if (c === item.b) {
        if (--depth === 0) return i + 1
      } else if (c === item.a) depth++
    }
    return -1
  }
}

const POSITION = -2
const OPEN = -1
