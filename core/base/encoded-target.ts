/** Paths and queries of requests that nobody has sent, percent-encoded from binary strings. */
import { escapeAll, escapeByte } from './percent-escapes.js'

type Fields = Readonly<Record<string, string>>

/** Neither letters and digits nor what RFC 3986 lets stand in a path. */
const notInPath = /[^\w\-.~!$&'()*+,;=:@/]/g

export const encodePath = (path: string): string => path.replace(notInPath, escapeByte)

/** `more`: names and values in turn, of values behind the first of their names. Without a `?`. */
export function encodeQuery(query: Fields, more: readonly string[] = []): string {
  const pairs = Object.entries(query).map(([name, value]) => encodePair(name, value))
  for (let i = 0; i + 1 < more.length; i += 2) {
    pairs.push(encodePair(more[i] as string, more[i + 1] as string))
  }
  return pairs.join('&')
}

const encodePair = (name: string, value: string): string => `${escapeAll(name)}=${escapeAll(value)}`
