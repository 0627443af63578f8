/** Sets of bytes in patterns: a character, `.`, `%a` and its like, `[...]`. */
import { LuaThrow } from '../errors.js'

const within = (...ranges: ReadonlyArray<readonly [number, number]>): Uint8Array => {
  const set = new Uint8Array(256)
  for (const [from, to] of ranges) set.fill(1, from, to + 1)
  return set
}

const complement = (set: Uint8Array): Uint8Array => set.map(inside => 1 - inside)

const LOWER = [97, 122] as const
const UPPER = [65, 90] as const
const DIGIT = [48, 57] as const
const PUNCTUATION = [
  [33, 47],
  [58, 64],
  [91, 96],
  [123, 126]
] as const

const CLASSES: ReadonlyMap<string, Uint8Array> = new Map(
  [
    ['a', within(LOWER, UPPER)],
    ['c', within([0, 31], [127, 127])],
    ['d', within(DIGIT)],
    ['g', within([33, 126])],
    ['l', within(LOWER)],
    ['p', within(...PUNCTUATION)],
    ['s', within([9, 13], [32, 32])],
    ['u', within(UPPER)],
    ['w', within(LOWER, UPPER, DIGIT)],
    ['x', within(DIGIT, [97, 102], [65, 70])],
    ['z', within([0, 0])]
  ].flatMap(
    ([name, set]) =>
      [
        [name, set],
        [(name as string).toUpperCase(), complement(set as Uint8Array)]
      ] as Array<[string, Uint8Array]>
  )
)

const ANY = within([0, 255])
const singles: Uint8Array[] = []
const single = (code: number): Uint8Array => (singles[code] ??= within([code, code]))

/** What `%` and the character after it stand for. */
const escaped = (c: string): Uint8Array => CLASSES.get(c) ?? single(c.charCodeAt(0))

/** The set that starts at `at`, and where it ends. */
export function compileSet(text: string, at: number): { set: Uint8Array; end: number } {
  const c = text.charAt(at)
  if (c === '.') return { set: ANY, end: at + 1 }
  if (c === '[') return compileBrackets(text, at)
  if (c !== '%') return { set: single(c.charCodeAt(0)), end: at + 1 }
  if (at + 1 >= text.length) throw new LuaThrow("malformed pattern (ends with '%')")
  return { set: escaped(text.charAt(at + 1)), end: at + 2 }
}

function compileBrackets(text: string, start: number): { set: Uint8Array; end: number } {
  let at = start + 1
  const negated = text.charAt(at) === '^'
  if (negated) at++
  const set = new Uint8Array(256)
  // A bracket right at the beginning is a member, not the end.
  const first = at
  for (;;) {
    if (at >= text.length) throw new LuaThrow("malformed pattern (missing ']')")
    const c = text.charAt(at)
    if (c === ']' && at > first) break
    if (c === '%') {
      if (at + 1 >= text.length) throw new LuaThrow("malformed pattern (missing ']')")
      const members = escaped(text.charAt(at + 1))
      for (let code = 0; code < 256; code++) if (members[code] === 1) set[code] = 1
      at += 2
    } else if (text.charAt(at + 1) === '-' && at + 2 < text.length && text.charAt(at + 2) !== ']') {
      set.fill(1, c.charCodeAt(0), text.charCodeAt(at + 2) + 1)
      at += 3
    } else {
      set[c.charCodeAt(0)] = 1
      at++
    }
  }
  return { set: negated ? complement(set) : set, end: at + 1 }
}
