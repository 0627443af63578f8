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
export const toText = (binary: string): string => isAscii(binary) ? binary : Buffer.from(binary, 'latin1').toString('utf8')

/** The binary string of a text's UTF-8 bytes. */
export const fromText = (text: string): string => isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')

/** The binary string of bytes. */
export const fromBytes = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
