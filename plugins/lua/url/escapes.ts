/** Percent-escapes in binary strings. */

const BAD = /%(?![0-9A-Fa-f]{2})/

/** The text with every `%XX` decoded; undefined when there is a bad or cut one. */
export function unescape(text: string): string | undefined {
  if (!text.includes('%')) return text
  if (BAD.test(text)) return undefined
  return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

/** The same for a query's keys and values, where `+` is a blank. */
export const unescapeQuery = (text: string): string | undefined =>
  unescape(text.includes('+') ? text.replaceAll('+', ' ') : text)
