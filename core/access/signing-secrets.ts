/** The keys of an HMAC, made of the variable that holds the secret. */
import type { SignatureAccess } from '../contracts/front-door.js'

const MARK = 'whsec_'

/**
 * Mostly the bytes of the text as it is. The secrets of Standard Webhooks are base64 after `whsec_`, and contain no
 * blanks: several of them, with blanks between, all count, so that the receiver can rotate them too.
 */
export function readSecrets(preset: SignatureAccess['preset'], secret: string): readonly Buffer[] {
  if (preset !== 'standard-webhooks') return secret === '' ? [] : [Buffer.from(secret)]
  return secret
    .split(/\s+/)
    .map(readStandardSecret)
    .filter(key => key.length > 0)
}

/** What is not base64 is taken as it is, unless it says that it is base64. */
function readStandardSecret(text: string): Buffer {
  const isMarked = text.startsWith(MARK)
  const encoded = isMarked ? text.slice(MARK.length) : text
  if (/^[A-Za-z\d+/]+={0,2}$/.test(encoded)) return Buffer.from(encoded, 'base64')
  return Buffer.from(isMarked ? '' : text)
}
