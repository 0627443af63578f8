/**
 * Binary strings: one UTF-16 unit (0-255) for each byte. Lua strings and HTTP header values travel as these,
 * because for the usual ASCII they need no conversion at all.
 */
// eslint-disable-next-line no-control-regex
const notAscii = /[^\x00-\x7f]/

/** Whether every unit is below 128, so that the binary string and the text it means are the same. */
export const isAscii = (text: string): boolean => !notAscii.test(text)

/** Bytes of a binary string. */
export const toBytes = (binary: string): Buffer => Buffer.from(binary, 'latin1')

/** The text that the bytes of a binary string mean in UTF-8; what is no UTF-8 becomes U+FFFD. */
export const toText = (binary: string): string =>
  isAscii(binary) ? binary : Buffer.from(binary, 'latin1').toString('utf8')

/** The binary string of a text's UTF-8 bytes. */
export const fromText = (text: string): string =>
  isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')

/** The binary string of bytes. */
export const fromBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** The text of the first `limit` bytes, without a character that the cut would go through. */
export function textOfFirst(bytes: Uint8Array, limit: number): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.length <= limit
    ? buffer.toString('utf8')
    : buffer.toString('utf8', 0, wholeCharacters(buffer, limit))
}

/** The last boundary of a UTF-8 character at or before `end`; `end` itself in what is no UTF-8. */
function wholeCharacters(bytes: Buffer, end: number): number {
  for (let at = end; at > end - 4; at--) {
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return at
  }
  return end
}
