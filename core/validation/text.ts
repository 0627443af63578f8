/** Measures of texts, in the terms that the limits are stated in. */
import { MoonletError } from '../base/errors.js'

/** Nothing but white space, as Unicode defines it. */
export const isBlank = (text: string): boolean => !/\P{White_Space}/u.test(text)

/** Bytes in UTF-8. */
export const byteLength = (text: string): number => Buffer.byteLength(text)

/** Without the white space, as Unicode defines it, at either end. `String.trim` has a list of its own. */
export function trimBlanks(text: string): string {
  const start = text.search(/\P{White_Space}/u)
  if (start === -1) return ''
  let end = text.length
  while (/\p{White_Space}/u.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/** Refuses a field with the text that the API answers: `{field}: {message}`. */
export function refuse(field: string, message: string): never {
  throw new MoonletError('VALIDATION', `${field}: ${message}`)
}
