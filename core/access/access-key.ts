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

/** What a call carries as a key, by the header that has it: `X-Function-Key: …`, `Authorization: Bearer …`, or both. */
export function readAccessKeys(
  headers: IncomingHttpHeaders
): ReadonlyArray<{ readonly header: 'x-function-key' | 'authorization'; readonly key: string }> {
  const own = headers['x-function-key']
  const [, bearer] = /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '') ?? []
  return [
    ...(typeof own === 'string' ? [{ header: 'x-function-key', key: own } as const] : []),
    ...(bearer === undefined ? [] : [{ header: 'authorization', key: bearer } as const])
  ]
}
