/** The id of a delivery, where it is part of what is signed: so that one delivered again is not run again. */
import type { SignatureAccess } from '../contracts/front-door.js'
import type { SignatureClaim } from './signature.js'

/** Events are far smaller; a longer body is not parsed in the server, and counts as one without an id. */
const MAX_PARSED_BYTES = 512 * 1024
const MAX_ID_CHARS = 512

const fields: Partial<Record<SignatureAccess['preset'], string>> = {
  stripe: 'id',
  slack: 'event_id'
}

/**
 * Standard Webhooks sign the id of a header; events of Stripe and Slack have one in their signed body. Undefined where
 * there is none: GitHub's is in a header that is not signed.
 */
export function readDeliveryId(
  { preset }: SignatureAccess,
  claim: SignatureClaim,
  body: Uint8Array
): string | undefined {
  const id = claim.id ?? readField(fields[preset], body)
  return id === undefined || id.length > MAX_ID_CHARS ? undefined : id
}

function readField(name: string | undefined, body: Uint8Array): string | undefined {
  if (name === undefined || body.length > MAX_PARSED_BYTES) return undefined
  try {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    const id: unknown = (value as Record<string, unknown>)[name]
    return typeof id === 'string' && id !== '' ? id : undefined
  } catch {
    return undefined
  }
}
