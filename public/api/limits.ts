/** What the server takes at most, in bytes of UTF-8, so that it can be told while one is still typing. */
export const limits = {
  name: 100,
  description: 500,
  code: 1024 * 1024,
  variable: 10_000,
  variableName: 100
} as const

const encoder = new TextEncoder()

/** Bytes of UTF-8. */
export const byteLength = (text: string): number => encoder.encode(text).length

/** Most texts are so short that nothing has to be counted: a character is three bytes at most. */
export const isTooLong = (text: string, limit: number): boolean =>
  text.length * 3 > limit && byteLength(text) > limit
