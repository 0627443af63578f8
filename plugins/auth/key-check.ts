/** Comparing keys so that the time it takes tells nothing. */
import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** A check whether a text is the key. Digests have one length, regardless of the guess. */
export function createKeyCheck(key: string): (guess: string) => boolean {
  const expected = digest(key)
  return guess => timingSafeEqual(digest(guess), expected)
}

/** What follows `Bearer` and one space; undefined when the header is anything else. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  authorization?.startsWith('Bearer ') === true ? authorization.slice('Bearer '.length) : undefined
