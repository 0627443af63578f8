/** What keys, tokens and alerts have in common: a name as it was given, and the time until which they hold. */
import { limits } from './limits.js'
import { byteLength, isBlank, refuse } from './text.js'

/** The last second of the year 9999; what is greater has been meant as milliseconds. */
export const MAX_EXPIRY = 253_402_300_799

/** Throws VALIDATION for a name that is blank or too long. */
export function checkGivenName(name: string): void {
  if (isBlank(name)) refuse('name', 'name cannot be empty')
  if (byteLength(name) > limits.nameBytes) {
    refuse('name', `name cannot be longer than ${limits.nameBytes} characters`)
  }
}

/** Unix seconds. */
export const isExpiry = (time: number): boolean => time >= 0 && time <= MAX_EXPIRY
