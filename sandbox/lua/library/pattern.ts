/**
 * Lua patterns. A pattern is compiled once into items (a set of bytes and how often, a capture, …), kept by its
 * text, and matched by a machine that backtracks as the manual describes. Single bytes are looked up in 256-entry
 * sets, so the repeated part of a pattern is one tight loop.
 */
import { LuaThrow } from '../errors.js'
import { charge } from '../memory.js'
import { compileSet } from './pattern-set.js'

export const enum Kind {
  single,
  star,
  plus,
  minus,
  optional,
  open,
  position,
  close,
  back,
  balance,
  frontier,
  end,
  fail
}

export interface Item {
  readonly kind: Kind
  /** Bytes that a single character or a frontier accepts. */
  readonly set: Uint8Array
  /** Number of a capture; the first byte of a balance. */
  readonly a: number
  /** The second byte of a balance. */
  readonly b: number
}

export interface Pattern {
  readonly items: readonly Item[]
  readonly anchored: boolean
  readonly captures: number
  /** What is wrong with the pattern: raised by its last item, so only where a match gets that far, as in PUC Lua. */
  readonly failure: string
}

const MAX_CAPTURES = 32
const NO_SET = new Uint8Array(256)
const QUANTIFIERS: ReadonlyMap<string, Kind> = new Map([
  ['*', Kind.star],
  ['+', Kind.plus],
  ['-', Kind.minus],
  ['?', Kind.optional]
])

const compiled = new Map<string, Pattern>()
/** Patterns kept; they are texts of programs, so few and short. */
const MAX_COMPILED_PATTERNS = 500
const MAX_PATTERN_LENGTH = 500
/** Rough bytes of an item of its own, and of the place of one that patterns share. */
const ITEM_BYTES = 64
const PLACE_BYTES = 16

export function compilePattern(text: string): Pattern {
  const known = compiled.get(text)
  if (known !== undefined) return known
  const pattern = parsePattern(text)
  if (text.length > MAX_PATTERN_LENGTH) return pattern
  if (compiled.size >= MAX_COMPILED_PATTERNS) compiled.clear()
  compiled.set(text, pattern)
  return pattern
}

const bare = (kind: Kind, a = 0, b = 0): Item => ({ kind, set: NO_SET, a, b })

const shared = new Map<Uint8Array, Item>()

/** An item for a single character that is one of a set that other patterns have as well. */
function sharedItem(set: Uint8Array): Item {
  const known = shared.get(set)
  if (known !== undefined) return known
  const item = { kind: Kind.single, set, a: 0, b: 0 }
  shared.set(set, item)
  return item
}

function parsePattern(text: string): Pattern {
  const anchored = text.startsWith('^')
  const items: Item[] = []
  let captures = 0
  try {
    captures = parseItems(text, anchored ? 1 : 0, items)
  } catch (error) {
    if (!(error instanceof LuaThrow)) throw error
    captures = items.filter(({ kind }) => kind === Kind.open || kind === Kind.position).length
    items.push(bare(Kind.fail))
    return { items, anchored, captures, failure: error.message }
  }
  return { items, anchored, captures, failure: '' }
}

/** Adds the items of `text` from `at` on; gives the number of captures. */
function parseItems(text: string, at: number, items: Item[]): number {
  const open: number[] = []
  const closed = new Set<number>()
  let captures = 0
  while (at < text.length) {
    const c = text.charAt(at)
    if ((items.length & 1023) === 1023) charge(1024 * PLACE_BYTES)
    if (c === '(') {
      if (captures >= MAX_CAPTURES) throw new LuaThrow('too many captures')
      const isPosition = text.charAt(at + 1) === ')'
      items.push(bare(isPosition ? Kind.position : Kind.open, captures))
      if (isPosition) closed.add(captures)
      else open.push(captures)
      captures++
      at += isPosition ? 2 : 1
    } else if (c === ')') {
      const capture = open.pop()
      if (capture === undefined) throw new LuaThrow('invalid pattern capture')
      closed.add(capture)
      items.push(bare(Kind.close, capture))
      at++
    } else if (c === '$' && at === text.length - 1) {
      items.push(bare(Kind.end))
      at++
    } else if (c === '%' && text.charAt(at + 1) === 'b') {
      if (at + 3 >= text.length) throw new LuaThrow("malformed pattern (missing arguments to '%b')")
      items.push(bare(Kind.balance, text.charCodeAt(at + 2), text.charCodeAt(at + 3)))
      at += 4
    } else if (c === '%' && text.charAt(at + 1) === 'f') {
      if (text.charAt(at + 2) !== '[') throw new LuaThrow("missing '[' after '%f' in pattern")
      const { set, end } = compileSet(text, at + 2)
      items.push({ kind: Kind.frontier, set, a: 0, b: 0 })
      at = end
    } else if (c === '%' && /\d/.test(text.charAt(at + 1))) {
      const capture = Number(text.charAt(at + 1)) - 1
      if (!closed.has(capture)) throw new LuaThrow(`invalid capture index %${capture + 1}`)
      items.push(bare(Kind.back, capture))
      at += 2
    } else {
      const { set, end } = compileSet(text, at)
      const quantifier = QUANTIFIERS.get(text.charAt(end))
      if (quantifier === undefined && c !== '[') items.push(sharedItem(set))
      else {
        charge(ITEM_BYTES + (c === '[' ? set.length : 0))
        items.push({ kind: quantifier ?? Kind.single, set, a: 0, b: 0 })
      }
      at = quantifier === undefined ? end : end + 1
    }
  }
  return captures
}
