/**
 * Credentials that are known by their shape alone, wherever they stand: in logs, errors, saved responses, and the
 * texts of AI and email requests. Each pattern looks at a character a bounded number of times, since callers choose
 * the texts.
 */
import { REDACTED } from './redacted.js'
import { maskWebTokens } from './web-tokens.js'

/** One look that spares most texts all the others. */
const suspicious = new RegExp(
  'eyJ|A[KS]IA|AIza|gh[oprsu]_|github_pat_|glpat-|sk-|[prs]k_(?:live|test)_|whsec_|xox[abeoprs]-|npm_|SG\\.|hf_|' +
    'dop_v1_|re_|mfk_|moonlet_|PRIVATE KEY|://[^\\s/]*@'
)

/**
 * The formats in which services issue keys, as their documentation and the public lists of secret scanners give
 * them. Lengths are the least that is issued, so that words that begin alike are left alone.
 */
const issuedKeys: readonly RegExp[] = [
  /\bA[KS]IA[0-9A-Z]{16}/g, // Amazon Web Services
  /\bAIza[\w-]{35}/g, // Google
  /\b(?:gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/g,
  /\bglpat-[\w-]{20,}/g, // GitLab
  /\bsk-[\w-]{20,}/g, // OpenAI, Anthropic and others
  /\b[prs]k_(?:live|test)_[A-Za-z0-9]{10,}/g, // Stripe
  /\bwhsec_[A-Za-z0-9+/=]{16,}/g, // Stripe, Standard Webhooks
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g, // Slack
  /\bnpm_[A-Za-z0-9]{36}/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g, // SendGrid
  /\bhf_[A-Za-z0-9]{30,}/g, // Hugging Face
  /\bdop_v1_[a-f0-9]{64}/g, // DigitalOcean
  /\bre_[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}/g, // Resend
  /\b(?:mfk|moonlet)_[\w-]{16,}/g // Moonlet
]

/** User and password of an address. */
const userInfo = /(\b[a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/?#@"'<>\\]{1,512}@/gi

const keyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const KEY_END = 'PRIVATE KEY'

/** The text with each of them replaced; names around them stay. */
export function maskCredentials(text: string): string {
  if (!suspicious.test(text)) return text
  let masked = maskPrivateKeys(maskWebTokens(text, REDACTED))
  for (const pattern of issuedKeys) masked = masked.replace(pattern, REDACTED)
  return masked.includes('://') ? masked.replace(userInfo, `$1${REDACTED}@`) : masked
}

/** PEM and PGP keys from their first line to their last; to the end of the text when that is missing. */
function maskPrivateKeys(text: string): string {
  if (!text.includes(KEY_END)) return text
  let masked = ''
  let done = 0
  keyBegin.lastIndex = 0
  for (let match = keyBegin.exec(text); match !== null; match = keyBegin.exec(text)) {
    masked += text.slice(done, match.index) + REDACTED
    done = endOfKey(text, match.index + match[0].length)
    keyBegin.lastIndex = done
  }
  return done === 0 ? text : masked + text.slice(done)
}

function endOfKey(text: string, from: number): number {
  const last = text.indexOf('-----END ', from)
  const end = last === -1 ? -1 : text.indexOf('-----', last + '-----END '.length)
  return end === -1 ? text.length : end + '-----'.length
}
