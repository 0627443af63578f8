/** What keys, tokens and alerts have in common: a name as it was given, and the time until which they hold. */
import { limits } from './limits.js'
import { byteLength, isBlank, refuse } from './text.js'

/** The last second of the year 9999; what is greater has been meant as milliseconds. */
const MAX_EXPIRY = 253_402_300_799

/** Throws VALIDATION for a name that is blank or too long. */
export function checkGivenName(name: string): void {
  if (isBlank(name)) refuse('name', 'name cannot be empty')
  if (byteLength(name) > limits.nameBytes) {
    refuse('name', `name cannot be longer than ${limits.nameBytes} characters`)
  }
}

/** `expiresAt` in Unix seconds. Throws VALIDATION for what is no such time, or one that is over: nothing would hold. */
export function checkExpiry(expiresAt: number | undefined): void {
  if (expiresAt === undefined) return
  if (expiresAt < 0 || expiresAt > MAX_EXPIRY) {
    refuse(
      'expires_at',
      `expires_at must be a time in Unix seconds, at most ${MAX_EXPIRY}, not ${expiresAt}`
    )
  }
  if (expiresAt * 1000 <= Date.now()) {
    const when = new Date(expiresAt * 1000).toISOString().replace('.000', '')
    refuse('expires_at', `expires_at must be in the future, not ${expiresAt} (${when})`)
  }
}
