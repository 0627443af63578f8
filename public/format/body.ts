/** How to show bytes: as text, JSON, a picture, a page, or hex. */
import { isJson } from './json-layout.js'

export type BodyKind = 'empty' | 'json' | 'html' | 'image' | 'text' | 'binary'

const strict = new TextDecoder('utf-8', { fatal: true })

/** The text these bytes are, or undefined when they are no UTF-8 text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = strict.decode(bytes)
    // Control characters other than line ends and tabs: not meant to be read.
    // eslint-disable-next-line no-control-regex
    return /[\x00-\x08\x0e-\x1f]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

export function kindOf(contentType: string, bytes: Uint8Array): BodyKind {
  if (bytes.length === 0) return 'empty'
  if (contentType.startsWith('image/')) return 'image'
  const text = decodeText(bytes)
  if (text === undefined) return 'binary'
  if (contentType.includes('html')) return 'html'
  return /^\s*[[{"\d\-tfn]/.test(text) && isJson(text) ? 'json' : 'text'
}

const columns = 16
/** Offset, bytes and characters, sixteen to a line; at most `limit` bytes. */
export function toHex(bytes: Uint8Array, limit = 4096): string {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, limit); at += columns) {
    const row = bytes.subarray(at, Math.min(at + columns, limit))
    const digits = Array.from(row, byte => byte.toString(16).padStart(2, '0')).join(' ')
    const characters = Array.from(row, byte =>
      byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·'
    ).join('')
    lines.push(
      `${at.toString(16).padStart(6, '0')}  ${digits.padEnd(columns * 3 - 1)}  ${characters}`
    )
  }
  return lines.join('\n')
}

/** The bytes that hex digits stand for, blanks aside; undefined when they are not hex. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/\s+/g, '')
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return undefined
  return Uint8Array.from(digits.match(/../g) ?? [], pair => parseInt(pair, 16))
}

export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), character => character.charCodeAt(0))
