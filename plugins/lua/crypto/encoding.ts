/** How bytes that a function of `crypto` makes are given to Lua. */
import { LuaMisuse } from '../../../core/lua/errors.js'
import { fromBytes } from '../../../core/base/binary.js'

const ENCODINGS = ['hex', 'raw', 'base64', 'base64url'] as const
type Encoding = (typeof ENCODINGS)[number]

/** Throws LuaMisuse for another encoding, as argument `index` of `name`. */
export function readEncoding(value: string | undefined, index: number, name: string): Encoding {
  const found = ENCODINGS.find(known => known === (value ?? 'hex'))
  if (found !== undefined) return found
  throw new LuaMisuse(`bad argument #${index} to '${name}' (${ENCODINGS.join(', ')} expected)`)
}

export const encodeBytes = (bytes: Buffer, encoding: Encoding): string =>
  encoding === 'raw' ? fromBytes(bytes) : bytes.toString(encoding)

/** Undefined for what is not written so. */
export function decodeBytes(text: string, encoding: Encoding): Buffer | undefined {
  if (encoding === 'raw') return Buffer.from(text, 'latin1')
  const bytes = Buffer.from(text, encoding)
  return encodeBytes(bytes, encoding).toLowerCase() === text.toLowerCase() ? bytes : undefined
}
