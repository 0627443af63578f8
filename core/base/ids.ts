/**
 * Ids: 12 bytes in lower-case base32hex, 20 characters: 4 bytes of Unix seconds, 5 of this process, 3 of a
 * counter. Within one process they are strictly increasing, also when the clock steps back; `startAfter`
 * carries that over a restart.
 */
import { nodeCrypto } from './node-crypto.js'

const ALPHABET = '0123456789abcdefghijklmnopqrstuv'
const COUNTER_MAX = 0xffffff

/** Makes ids that sort by creation. `now` gives Unix seconds; `process` are the five bytes of this process. */
export function createIdSource(
  now: () => number = () => Math.floor(Date.now() / 1000),
  process: Uint8Array = nodeCrypto().randomBytes(5)
) {
  const bytes = new Uint8Array(12)
  bytes.set(process, 4)
  let seconds = 0
  let counter = 0

  return {
    /** Every later id is greater than `id`. */
    startAfter(id: string): void {
      const last = secondsOf(id)
      if (last !== undefined && last >= seconds) {
        seconds = last + 1
        counter = 0
      }
    },
    next(): string {
      const current = now()
      if (current > seconds) {
        seconds = current
        counter = 0
      } else if (++counter > COUNTER_MAX) {
        seconds++
        counter = 0
      }
      bytes[0] = seconds >>> 24
      bytes[1] = seconds >>> 16
      bytes[2] = seconds >>> 8
      bytes[3] = seconds
      bytes[9] = counter >>> 16
      bytes[10] = counter >>> 8
      bytes[11] = counter
      return encode(bytes)
    }
  }
}

export type IdSource = ReturnType<typeof createIdSource>

/** The Unix seconds an id was made in; undefined when it is not an id of this kind. */
export function secondsOf(id: string): number | undefined {
  if (!/^[0-9a-v]{20}$/.test(id)) return undefined
  let value = 0
  for (let i = 0; i < 6; i++) value = value * 32 + ALPHABET.indexOf(id.charAt(i))
  return value * 4 + (ALPHABET.indexOf(id.charAt(6)) >> 3)
}

/** Sorts before every id made in that second and after all made earlier. */
export function firstIdOf(seconds: number): string {
  let value = seconds * 8
  let text = ''
  for (let i = 0; i < 7; i++) {
    text = ALPHABET.charAt(value % 32) + text
    value = Math.floor(value / 32)
  }
  return text
}

function encode(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(value >> bits) & 31]
    }
  }
  return text + ALPHABET[(value << (5 - bits)) & 31]
}
