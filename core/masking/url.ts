/**
 * Masking of addresses: user and password, the values of parameters whose names stand for credentials, known shapes.
 */
import { maskCredentials } from './credentials.js'
import { decodePart, maskPairs } from './pairs.js'
import { REDACTED } from './redacted.js'
import { isSecretField, isSecretParameter } from './secret-names.js'

/** The address, well formed or not, as it is stored; the fragment, which no server sees, is left out. */
export function maskUrl(url: string): string {
  const [, start = '', query] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? []
  const open = start.replace(/(\/\/)[^/]*@/, `$1${REDACTED}@`)
  return maskCredentials(query === undefined ? open : `${open}?${maskPairs(query, isSecret)}`)
}

const isSecret = (name: string): boolean => isSecretParameter(name) || isSecretField(name)

const encodeAround = (text: string): string =>
  text.split(REDACTED).map(encodeURIComponent).join(REDACTED)

/** The address with known secrets replaced, also those that it holds percent-encoded. */
export function maskUrlSecrets(
  url: string,
  mask: (text: string, isCut?: boolean) => string
): string {
  // An address may be cut within a secret.
  return mask(url, true)
    .split(/([/?&=#;,:@])/)
    .map(part => {
      if (!/[%+]/.test(part)) return part
      const decoded = decodePart(part)
      const masked = mask(decoded, true)
      return masked === decoded ? part : encodeAround(masked)
    })
    .join('')
}
