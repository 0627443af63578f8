/** Names of JSON fields: which are secret, and their order. */
const secretField = /^(?:password|secret|api_key|apikey|access_token|private_key|client_secret|token|auth|authorization|bearer|credentials?)(?:$|[_-])/

// Decided names, bounded because callers choose them.
const known = new Map<string, boolean>()
const CACHED_NAMES = 2000

/** Whether the value of a JSON field of this name is masked. */
export function isSecretField (name: string): boolean {
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const secret = secretField.test(name.toLowerCase())
  if (name.length <= 100) {
    if (known.size >= CACHED_NAMES) known.clear()
    known.set(name, secret)
  }
  return secret
}

const beyondBasic = /[\ud800-\uffff]/

/** Sorts in place by UTF-8 bytes, which differs from JavaScript's order only where surrogates meet U+E000 to U+FFFF. */
export function sortKeys (keys: string[]): string[] {
  if (keys.length < 2) return keys
  if (!keys.some(key => beyondBasic.test(key))) return keys.sort()
  return keys.map(key => Buffer.from(key)).sort(Buffer.compare).map(bytes => bytes.toString())
}
