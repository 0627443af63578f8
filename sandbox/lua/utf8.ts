/** UTF-8 in binary strings. */

/** The bytes of a code point up to 0x7FFFFFFF, as Lua's `utf8.char` and `\u{…}` make them. */
export function encodeUtf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code)
  const bytes: number[] = []
  let most = 0x3f
  do {
    bytes.unshift(0x80 | (code & 0x3f))
    code = Math.floor(code / 64)
    most >>= 1
  } while (code > most)
  bytes.unshift(((~most << 1) & 0xff) | code)
  return String.fromCharCode(...bytes)
}

/**
 * The code point that starts at `at` and its length in bytes, or undefined where the bytes are not UTF-8. As in Lua
 * 5.3, halves of surrogate pairs are code points like others.
 */
export function decodeUtf8(text: string, at: number): { code: number; length: number } | undefined {
  const first = text.charCodeAt(at)
  if (first < 0x80) return { code: first, length: 1 }
  if (first < 0xc2 || first > 0xf4) return undefined
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  let code = first & (0x7f >> length)
  for (let i = 1; i < length; i++) {
    const next = text.charCodeAt(at + i)
    if ((next & 0xc0) !== 0x80) return undefined
    code = (code << 6) | (next & 0x3f)
  }
  const least = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000
  return code < least || code > 0x10ffff ? undefined : { code, length }
}
