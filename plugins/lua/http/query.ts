/**
 * Query strings as bytes: what Lua holds need not be UTF-8. Pairs are sorted by name; pairs with a bad escape or
 * a ';' are dropped, as in what a function gets as `event.query`.
 */
import { escapeByte, unescapeQuery } from '../../../core/base/percent-escapes.js'

type Pair = readonly [name: Buffer, value: Buffer]

/** The URL with `added` joined to its query, the whole encoded anew. The fragment stays behind it. */
export function withQuery(
  url: string,
  added: ReadonlyArray<readonly [name: string, value: Uint8Array]>
): string {
  if (added.length === 0) return url
  const [, start = '', query = '', fragment = ''] =
    /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url) ?? []
  const pairs = [
    ...parse(query),
    ...added.map(([name, value]): Pair => [Buffer.from(name), Buffer.from(value)])
  ]
  pairs.sort(([a], [b]) => a.compare(b))
  return `${start}?${pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}${fragment}`
}

function parse(query: string): Pair[] {
  return query
    .split('&')
    .filter(part => part !== '' && !part.includes(';'))
    .flatMap(part => {
      const at = part.indexOf('=')
      const name = decode(at < 0 ? part : part.slice(0, at))
      const value = decode(at < 0 ? '' : part.slice(at + 1))
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    })
}

/** Undefined for a bad escape. */
function decode(text: string): Buffer | undefined {
  const decoded = unescapeQuery(Buffer.from(text).toString('latin1'))
  return decoded === undefined ? undefined : Buffer.from(decoded, 'latin1')
}

const encode = (bytes: Buffer): string =>
  bytes.toString('latin1').replace(/[^\w.~-]/g, byte => (byte === ' ' ? '+' : escapeByte(byte)))
