/**
 * What is replaced before anything is stored (CONTRACT section 8); handlers see the real request. All of it
 * runs in linear time and in bounded memory, whatever the text: it is the caller of a function who chooses it.
 */
import { maskCutBody, maskJson, maskJsonBody } from './json.js'
import { maskCredentials } from './credentials.js'
import { maskForm } from './form.js'
import { maskLogMessage } from './log-message.js'
import { REDACTED } from './redacted.js'
import { isSecretHeader, isSecretParameter } from './secret-names.js'
import {
  createFormsMask,
  createSecretMask,
  findForms,
  maskSecrets,
  type SecretMask
} from './secrets.js'
import { maskUrl, maskUrlSecrets } from './url.js'
import { quote } from './quote.js'
import { toText } from '../base/binary.js'

export {
  REDACTED,
  maskCredentials,
  maskCutBody,
  maskForm,
  maskJson,
  maskJsonBody,
  maskLogMessage,
  createFormsMask,
  createSecretMask,
  findForms,
  maskSecrets,
  maskUrl,
  maskUrlSecrets
}
export type { SecretMask }

/** A field of a JSON object, made ready: its quoted name with the colon, and whether its value is masked. */
interface Field {
  readonly start: string
  readonly masked: boolean
}

/** Names decided on before. Callers choose names, so the memory for them is bounded. */
const CACHED_NAMES = 2000
const CACHED_NAME_LENGTH = 100

/** Name of a header, or of a query parameter, made ready. */
export const headerField = createFields(isSecretHeader)
export const parameterField = createFields(isSecretParameter)

function createFields(isSecret: (name: string) => boolean): (name: string) => Field {
  const known = new Map<string, Field>()
  return name => {
    const cached = known.get(name)
    if (cached !== undefined) return cached
    const text = toText(name)
    const masked = isSecret(text)
    const field = { start: `${quote(text)}:`, masked }
    if (name.length <= CACHED_NAME_LENGTH) {
      if (known.size >= CACHED_NAMES) known.clear()
      known.set(name, field)
    }
    return field
  }
}
