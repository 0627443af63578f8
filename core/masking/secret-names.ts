/** Which names, of JSON fields, form fields, parameters and headers, stand for credentials. */

/** The rule of CONTRACT section 8 for fields of JSON bodies. */
const contractField = new RegExp(
  '^(?:password|secret|api_key|apikey|access_token|private_key|client_secret|token|auth|authorization|bearer|' +
    'credentials?)(?:$|[_-])'
)

/** Beyond the contract: a name whose last word is one of these. */
const lastWords = new Set([
  'auth',
  'authorization',
  'bearer',
  'credential',
  'credentials',
  'cvc',
  'cvv',
  'jwt',
  'otp',
  'passcode',
  'passphrase',
  'passwd',
  'password',
  'pwd',
  'secret',
  'token'
])
/** Or, before `key`, one of these; `primaryKey` and `foreignKey` are none. */
const secretKeys = new Set([
  'access',
  'account',
  'api',
  'auth',
  'client',
  'consumer',
  'encryption',
  'license',
  'master',
  'private',
  'secret',
  'service',
  'shared',
  'signing',
  'webhook'
])

/** Every name that the rules mean has one of these in it: other names are told at once. */
const fieldPart = /auth|bearer|cred|cvc|cvv|jwt|key|otp|pass|pwd|secret|token/

/** The longer names of the rules (`x-api-key`, `authorization`, `access_token`, …) contain one of these. */
const headerPart = /auth|cookie|token|key|secret|password|credential/
const parameterPart = /auth|token|key|secret|password|credential|signature/
/** Short names of parameters: signatures of storage services, codes of sign-ins. */
const parameterName = /^(?:sig|code|jwt|otp|hmac|pwd|passwd|passphrase|passcode)$/

/**
 * Whether the value of a JSON or form field of this name is a credential. The contract's rule, also for names in
 * camel case (`accessToken`) and those with something in front (`user_password`, `stripeSecretKey`).
 */
export function isSecretField(name: string): boolean {
  const lower = name.toLowerCase()
  if (!fieldPart.test(lower)) return false
  if (contractField.test(lower)) return true
  // The contract names it as one that is not masked.
  if (lower === 'api-key') return false
  const snake = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  if (contractField.test(snake)) return true
  const words = snake.split(/[^a-z0-9]+/)
  const last = words.at(-1) ?? ''
  return lastWords.has(last) || (last === 'key' && secretKeys.has(words.at(-2) ?? ''))
}

/** Whether a header of this name holds a credential. */
export const isSecretHeader = (name: string): boolean => headerPart.test(name.toLowerCase())

/** Whether a query parameter of this name holds a credential. */
export function isSecretParameter(name: string): boolean {
  const lower = name.toLowerCase()
  return parameterPart.test(lower) || parameterName.test(lower)
}
