/** Pairs of `name=value` joined by `&`, as in queries and in url-encoded forms. */
import { REDACTED } from './redacted.js'

/** The pairs with the values replaced whose decoded names are secret; all else stays as it is written. */
export function maskPairs(text: string, isSecret: (name: string) => boolean): string {
  return text
    .split('&')
    .map(pair => {
      const equals = pair.indexOf('=')
      const isMasked = equals !== -1 && isSecret(decodePart(pair.slice(0, equals)))
      return isMasked ? pair.slice(0, equals + 1) + REDACTED : pair
    })
    .join('&')
}

/** What stands between two delimiters of an address or a form. A broken escape leaves it as it is. */
export function decodePart(part: string): string {
  const spaced = part.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
