/** Masking of known secrets: the values of a function's environment variables. */
import { REDACTED } from './redacted.js'

/** Shorter values (`1`, `true`, `eu-west`) occur in texts by chance. */
const LEAST_LENGTH = 8

/**
 * Gives a function that replaces every occurrence of the values of at least 8 characters, also as they are
 * written inside JSON text. Longer values first, so that none is left half shown. Make it once per set.
 */
export function createSecretMask (values: Iterable<string>): (text: string) => string {
  const forms = new Set<string>()
  for (const value of values) {
    if (value.length < LEAST_LENGTH) continue
    const inJson = JSON.stringify(value).slice(1, -1)
    forms.add(value).add(inJson)
    // An event's body is JSON text inside JSON text.
    forms.add(JSON.stringify(inJson).slice(1, -1))
  }
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  return text => {
    let masked = text
    for (const form of longestFirst) {
      if (masked.includes(form)) masked = masked.split(form).join(REDACTED)
    }
    return masked
  }
}

/** As `createSecretMask`, for one text. */
export function maskSecrets (text: string, values: Iterable<string>): string {
  return createSecretMask(values)(text)
}
