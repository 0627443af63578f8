/** Masking of log messages and of the messages of errors. */
import { maskCredentials } from './credentials.js'
import { maskNamedValues } from './named-values.js'
import { REDACTED } from './redacted.js'
import { maskWebTokens } from './web-tokens.js'

/** One look that spares most messages the six others. */
const suspicious = /eyJ|bearer|key|token|secret|password|AKIA/i

// None of these can backtrack over what it has read: in each, the separators and the value share no character,
// and the names hold no separator, so a place in the text is looked at a bounded number of times.
const patterns = [
  /bearer[\t\n\f\r ]+[a-z0-9_.-]+/gi,
  /(?:api_key|api-key|apikey|key)[\t\n\f\r :=]+[a-z0-9_-]{15,}/gi,
  /(?:token|secret|password)[\t\n\f\r :=]+[a-z0-9_-]{10,}/gi,
  /AKIA[0-9A-Z]{16}/g,
  /(?:secret|token|password)[\t\n\f\r :=]+[a-z0-9+/]{40,}={0,2}/gi
]

/**
 * A message with what looks like a credential replaced: first by the patterns of CONTRACT section 8, which take the
 * name with them, in their order; then what these miss.
 */
export function maskLogMessage(text: string): string {
  return maskNamedValues(maskCredentials(suspicious.test(text) ? maskByContract(text) : text))
}

function maskByContract(text: string): string {
  let masked = maskWebTokens(text, REDACTED)
  for (const pattern of patterns) masked = masked.replace(pattern, REDACTED)
  return masked
}
