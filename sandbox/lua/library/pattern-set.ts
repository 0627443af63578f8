/** Sets of bytes in patterns: a character, `.`, `%a` and its like, `[...]`. */
import { LuaThrow } from '../errors.js'

type Ranges = ReadonlyArray<readonly [number, number]>

const within = (...ranges: Ranges): Uint8Array => {
  const set = new Uint8Array(256)
  for (const [from, to] of ranges) set.fill(1, from, to + 1)
  return set
}

const complement = (set: Uint8Array): Uint8Array => set.map(inside => 1 - inside)

const LOWER = [97, 122] as const
const UPPER = [65, 90] as const
const DIGIT = [48, 57] as const

const CLASSES: Readonly<Record<string, Ranges>> = {
  a: [LOWER, UPPER],
  c: [
    [0, 31],
    [127, 127]
  ],
  d: [DIGIT],
  g: [[33, 126]],
  l: [LOWER],
  p: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126]
  ],
  s: [
    [9, 13],
    [32, 32]
  ],
  u: [UPPER],
  w: [LOWER, UPPER, DIGIT],
  x: [DIGIT, [97, 102], [65, 70]],
  z: [[0, 0]]
}

const ANY = within([0, 255])
const singles: Uint8Array[] = []
const single = (code: number): Uint8Array => (singles[code] ??= within([code, code]))

/** Sets of classes, each made when it is first asked for. */
const classes = new Map<string, Uint8Array>()

/** What `%` and the character after it stand for. */
function escaped(c: string): Uint8Array {
  const known = classes.get(c)
  if (known !== undefined) return known
  const lower = c.toLowerCase()
  if (!Object.hasOwn(CLASSES, lower)) return single(c.charCodeAt(0))
  const set = within(...(CLASSES[lower] as Ranges))
  const made = c === lower ? set : complement(set)
  classes.set(c, made)
  return made
}

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
