/** UTF-8 in binary strings, byte by byte: what is no UTF-8 stays recognisable, as Go treats it. */
import { isUtf8 } from 'node:buffer'
import { isAscii } from '../../core/base/binary.js'

/** A well-formed sequence of two to four bytes (table 3-7 of the Unicode standard), or else a lone bad byte. */
export const sequences = () => new RegExp(SEQUENCES, 'g')

const SEQUENCES = [
  '[\\xc2-\\xdf][\\x80-\\xbf]',
  '\\xe0[\\xa0-\\xbf][\\x80-\\xbf]',
  '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}',
  '\\xed[\\x80-\\x9f][\\x80-\\xbf]',
  '\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}',
  '[\\xf1-\\xf3][\\x80-\\xbf]{3}',
  '\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}',
  '[\\x80-\\xff]'
].join('|')

export const isValid = (binary: string): boolean =>
  isAscii(binary) || isUtf8(Buffer.from(binary, 'latin1'))

/** The text with every byte that is part of no character replaced by U+FFFD. */
export const repaired = (binary: string): string =>
  isValid(binary)
    ? binary
    : binary.replace(sequences(), match => (match.length === 1 ? '\xef\xbf\xbd' : match))

/** The code point of a well-formed sequence. */
export function codePoint(sequence: string): number {
  const at = (index: number) => sequence.charCodeAt(index) & 0x3f
  switch (sequence.length) {
    case 1:
      return sequence.charCodeAt(0)
    case 2:
      return ((sequence.charCodeAt(0) & 0x1f) << 6) | at(1)
    case 3:
      return ((sequence.charCodeAt(0) & 0x0f) << 12) | (at(1) << 6) | at(2)
    default:
      return ((sequence.charCodeAt(0) & 0x07) << 18) | (at(1) << 12) | (at(2) << 6) | at(3)
  }
}

/** The bytes of a code point. A lone surrogate becomes U+FFFD. */
export function encodePoint(point: number): string {
  if (point < 0x80) return String.fromCharCode(point)
  if (point < 0x800) return String.fromCharCode(0xc0 | (point >> 6), 0x80 | (point & 0x3f))
  if (point >= 0xd800 && point <= 0xdfff) return '\xef\xbf\xbd'
  if (point < 0x10000) {
    return String.fromCharCode(
      0xe0 | (point >> 12),
      0x80 | ((point >> 6) & 0x3f),
      0x80 | (point & 0x3f)
    )
  }
  return String.fromCharCode(
    0xf0 | (point >> 18),
    0x80 | ((point >> 12) & 0x3f),
    0x80 | ((point >> 6) & 0x3f),
    0x80 | (point & 0x3f)
  )
}

/** The characters of a text; a byte that is part of none stands alone. Throws what `check` throws of their number. */
export function characters(binary: string, check: (count: number) => void): string[] {
  const found: string[] = []
  const pattern = sequences()
  for (let at = 0; at < binary.length;) {
    let size = 1
    if (binary.charCodeAt(at) >= 0x80) {
      pattern.lastIndex = at
      size = pattern.exec(binary)?.[0].length ?? 1
    }
    found.push(binary.slice(at, (at += size)))
    if ((found.length & 0xffff) === 0) check(found.length)
  }
  check(found.length)
  return found
}
