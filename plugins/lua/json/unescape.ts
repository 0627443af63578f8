import { encodePoint } from '../utf8.js'

const short: { readonly [letter: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t'
}

/** A JSON text's inside with its escapes decoded to UTF-8. Halves of surrogate pairs that stand alone become U+FFFD. */
export function unescapeJson(raw: string, failure: (offset: number) => Error): string {
  return raw.replace(
    /\\(?:u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})|u([\da-fA-F]{4})|([^]))/g,
    (
      _,
      high: string | undefined,
      low: string | undefined,
      unit: string | undefined,
      letter: string | undefined,
      offset: number
    ) => {
      if (high !== undefined && low !== undefined) {
        return encodePoint(
          (((parseInt(high, 16) & 0x3ff) << 10) | (parseInt(low, 16) & 0x3ff)) + 0x10000
        )
      }
      if (unit !== undefined) return encodePoint(parseInt(unit, 16))
      const plain = letter === undefined ? undefined : short[letter]
      if (plain === undefined) throw failure(offset)
      return plain
    }
  )
}
