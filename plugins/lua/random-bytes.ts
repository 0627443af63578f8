/** Random bytes and numbers out of the run's one random source. */
import { runContext } from './run-context.js'

/** `count` secure random bytes, in memory of their own. */
export function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count)
  runContext.fillRandom(bytes)
  return bytes
}

/** A whole number from 0 to 2^53 - 1, each as likely as the others. */
export function random53(): number {
  const bytes = randomBytes(7)
  return (bytes.readUInt8(6) & 0x1f) * 2 ** 48 + bytes.readUIntLE(0, 6)
}

/** A whole number from 0 to `count` - 1, each as likely as the others; `count` is at most 2^53. */
export function randomBelow(count: number): number {
  // What lies above the last whole multiple of count would make the small results likelier.
  const fair = 2 ** 53 - (2 ** 53 % count)
  for (;;) {
    const value = random53()
    if (value < fair) return value % count
  }
}
