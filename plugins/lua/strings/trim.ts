/** White space on the byte level. */

/** Unicode's White_Space above ASCII, in UTF-8. None of them can be the end of another character. */
const wide = new Set([
  '\xc2\x85',
  '\xc2\xa0',
  '\xe1\x9a\x80',
  '\xe2\x80\xa8',
  '\xe2\x80\xa9',
  '\xe2\x80\xaf',
  '\xe2\x81\x9f',
  '\xe3\x80\x80',
  ...Array.from({ length: 11 }, (_, i) => `\xe2\x80${String.fromCharCode(0x80 + i)}`)
])

const isAsciiSpace = (unit: number) => unit === 32 || (unit >= 9 && unit <= 13)
const isBlank = (unit: number) => unit === 32 || unit === 9 || unit === 10 || unit === 13

/** Without Unicode white space on both sides. */
export function trim(text: string): string {
  let from = 0
  let to = text.length
  for (let size; from < to && (size = spaceAt(text, from)) > 0;) from += size
  for (let size; to > from && (size = spaceBefore(text, to)) > 0;) to -= size
  return text.slice(from, to)
}

function spaceAt(text: string, at: number): number {
  if (isAsciiSpace(text.charCodeAt(at))) return 1
  return wide.has(text.slice(at, at + 2)) ? 2 : wide.has(text.slice(at, at + 3)) ? 3 : 0
}

function spaceBefore(text: string, end: number): number {
  if (isAsciiSpace(text.charCodeAt(end - 1))) return 1
  return wide.has(text.slice(Math.max(0, end - 2), end))
    ? 2
    : wide.has(text.slice(Math.max(0, end - 3), end))
      ? 3
      : 0
}

/** Without blanks, tabs and line ends at the beginning. */
export function trimLeft(text: string): string {
  let from = 0
  while (from < text.length && isBlank(text.charCodeAt(from))) from++
  return text.slice(from)
}

/** The same at the end. */
export function trimRight(text: string): string {
  let to = text.length
  while (to > 0 && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(0, to)
}
