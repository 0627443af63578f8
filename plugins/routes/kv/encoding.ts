/** Keys are bytes. In paths and queries they are text, or base64 where they are none. */
import { isUtf8 } from 'node:buffer'
import { Type } from 'typebox'
import { MoonletError } from '../../../core/base/errors.js'

export const Encoding = Type.Enum(['text', 'base64'], {
  default: 'text',
  description:
    'How the key (in lists `prefix` and `after`) is written; `base64`, also with the URL ' +
    'alphabet, for keys that are no text.'
})

/** The bytes of a key as a request names it. Throws VALIDATION for text that is not base64. */
export function toKeyBytes(name: string, text: string, encoding: 'text' | 'base64'): Uint8Array {
  if (encoding === 'text') return Buffer.from(text, 'utf8')
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) {
    throw new MoonletError('VALIDATION', `${name}: ${name} must be base64`)
  }
  return Buffer.from(text, 'base64')
}

/** A key as lists show it; `base64` only where the text alone would not do. */
export function toKeyText(key: Uint8Array): { text: string; base64: string | undefined } {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  return {
    text: bytes.toString('utf8'),
    base64: isUtf8(bytes) ? undefined : bytes.toString('base64url')
  }
}

const PREVIEW_BYTES = 200

/** The beginning of a value as text; null when it is not text. A character that the cut went through is left out. */
export function toPreview(value: Uint8Array): string | null {
  const start = Buffer.from(
    value.buffer,
    value.byteOffset,
    Math.min(value.byteLength, PREVIEW_BYTES)
  )
  if (value.byteLength <= PREVIEW_BYTES) return isUtf8(start) ? start.toString('utf8') : null
  // A character has at most four bytes, so at most three of a cut one are left.
  const whole = [0, 1, 2, 3]
    .map(cut => start.subarray(0, start.length - cut))
    .find(part => isUtf8(part))
  return whole?.toString('utf8') ?? null
}
