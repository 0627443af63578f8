/** What is kept of requests to outside services (ai, email): masked, and never with the key they were sent with. */
import { maskJson, maskSecrets } from './masking.js'

/** The text without the key; services like to quote it in their error messages. */
export const withoutKey = (text: string, key: string): string => maskSecrets(text, [key])

/** JSON as it is stored: masked. */
export const toRecordJson = (value: unknown): string => JSON.stringify(maskJson(value))

/** A reply's text as it is stored: masked if it is JSON, else unchanged; without the key either way. */
export function replyToRecordJson (text: string, key: string): string {
  const clean = withoutKey(text, key)
  try {
    return toRecordJson(JSON.parse(clean))
  } catch {
    return clean
  }
}
