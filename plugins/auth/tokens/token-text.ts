/** Tokens as their holders have them: `moonlet_` and 32 random bytes. Only their hashes are kept. */
import { createHash, randomBytes } from 'node:crypto'

export const TOKEN_MARK = 'moonlet_'
const TOKEN_BYTES = 32
/** 43 characters of base64url for 32 bytes. */
export const TOKEN_LENGTH = TOKEN_MARK.length + Math.ceil((TOKEN_BYTES * 8) / 6)

export const createTokenText = (): string =>
  TOKEN_MARK + randomBytes(TOKEN_BYTES).toString('base64url')

/** Meant as a token, well formed or not. */
export const isMeantAsToken = (text: string): boolean => text.startsWith(TOKEN_MARK)

/**
 * A token has 256 random bits, so a fast hash is enough. Looking the hash up needs no comparison in constant time: how
 * long it takes depends on the hash of what was sent, which tells nothing about any token.
 */
export const hashToken = (text: string): string =>
  createHash('sha256').update(text).digest('base64')
