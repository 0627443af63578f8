/** Upper and lower case, one character to one character, as Unicode's simple mappings have it. */
import { isAscii } from '../../../core/base/binary.js'
import { codePoint, encodePoint, sequences } from '../utf8.js'

export const toLower = (text: string): string =>
  isAscii(text) ? text.toLowerCase() : map(text, lowerAscii, lowerPoint)
export const toUpper = (text: string): string =>
  isAscii(text) ? text.toUpperCase() : map(text, upperAscii, upperPoint)

/** Bytes that are part of no character are kept. */
function map(
  text: string,
  ascii: (text: string) => string,
  point: (code: number) => number
): string {
  return ascii(text).replace(sequences(), match =>
    match.length === 1 ? match : encodePoint(point(codePoint(match)))
  )
}

// JavaScript's own mapping would also change the bytes above 127, taken for Latin letters.
const lowerAscii = (text: string) => text.replace(/[A-Z]+/g, letters => letters.toLowerCase())
const upperAscii = (text: string) => text.replace(/[a-z]+/g, letters => letters.toUpperCase())

/** JavaScript has the full mappings only; where those give more than one character, a simple one may exist. */
function lowerPoint(code: number): number {
  if (code === 0x130) return 0x69
  return single(String.fromCodePoint(code).toLowerCase()) ?? code
}

function upperPoint(code: number): number {
  return single(String.fromCodePoint(code).toUpperCase()) ?? titleOf(code)
}

/** Greek letters with iota below: their upper case in one character is the title case form. */
function titleOf(code: number): number {
  if ((code & ~7) === 0x1f80 || (code & ~7) === 0x1f90 || (code & ~7) === 0x1fa0) return code + 8
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? code + 9 : code
}

function single(mapped: string): number | undefined {
  const code = mapped.codePointAt(0)
  return code !== undefined && mapped.length === (code > 0xffff ? 2 : 1) ? code : undefined
}
