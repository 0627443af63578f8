/** Keys of functions: `mfk_` and 32 random bytes. Only their hashes are kept. */
import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

const MARK = 'mfk_'
const KEY_BYTES = 32

export const createAccessKey = (): string => MARK + randomBytes(KEY_BYTES).toString('base64url')

/**
 * A key has 256 random bits, so a fast hash is enough. Looking the hash up needs no comparison in constant time: how
 * long it takes depends on the hash of what was sent, which tells nothing about any key.
 */
export const hashAccessKey = (key: string): string =>
  createHash('sha256').update(key).digest('base64')

/** The key that a call carries: `X-Function-Key: …` or `Authorization: Bearer …`. Undefined: it carries none. */
export function readAccessKey(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-function-key']
  if (typeof own === 'string' && own !== '') return own
  const [, bearer] = /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '') ?? []
  return bearer
}
