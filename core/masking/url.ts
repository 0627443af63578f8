/** Masking of addresses: user and password, the values of parameters whose names stand for credentials, known shapes. */
import { maskCredentials } from './credentials.js'
import { REDACTED } from './redacted.js'
import { isSecretField, isSecretParameter } from './secret-names.js'

/** The address, well formed or not, as it is stored; the fragment, which no server sees, is left out. */
export function maskUrl (url: string): string {
  const [, start = '', query] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? []
  const open = start.replace(/(\/\/)[^/]*@/, `$1${REDACTED}@`)
  return maskCredentials(query === undefined ? open : `${open}?${query.split('&').map(maskPair).join('&')}`)
}

function maskPair (pair: string): string {
  const equals = pair.indexOf('=')
  if (equals < 0) return pair
  const name = decodePart(pair.slice(0, equals))
  return isSecretParameter(name) || isSecretField(name) ? pair.slice(0, equals + 1) + REDACTED : pair
}

/** What stands between two delimiters of an address. A broken escape leaves it as it is. */
function decodePart (part: string): string {
  const spaced = part.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

const encodeAround = (text: string): string => text.split(REDACTED).map(encodeURIComponent).join(REDACTED)

/** The address with known secrets replaced, also those that it holds percent-encoded. */
export function maskUrlSecrets (url: string, mask: (text: string, isCut?: boolean) => string): string {
  // An address may be cut within a secret.
  return mask(url, true).split(/([/?&=#;,:@])/).map(part => {
    if (!/[%+]/.test(part)) return part
    const decoded = decodePart(part)
    const masked = mask(decoded, true)
    return masked === decoded ? part : encodeAround(masked)
  }).join('')
}
