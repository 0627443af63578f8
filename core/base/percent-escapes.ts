/** Percent-escapes (RFC 3986, section 2.1) in binary strings. */

const BAD = /%(?![0-9A-Fa-f]{2})/

/** The text with every `%XX` decoded; undefined when there is a bad or cut one. */
export function unescape(text: string): string | undefined {
  if (!text.includes('%')) return text
  if (BAD.test(text)) return undefined
  return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

/** A name or value of a query, a binary string, decoded: `+` is a blank. Undefined for a bad or cut escape. */
export const unescapeQuery = (text: string): string | undefined =>
  unescape(text.includes('+') ? text.replaceAll('+', ' ') : text)

/** One byte, as a character below 256, in the form `%XX`. */
export const escapeByte = (byte: string): string =>
  `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

const RESERVED = /[^A-Za-z0-9\-_.~]/g

/** Every byte that has a meaning in URLs, or may not stand there, as `%XX`. */
export const escapeAll = (text: string): string => text.replace(RESERVED, escapeByte)
