/**
 * Query strings as bytes: what Lua holds need not be UTF-8. Pairs are sorted by name; pairs with a bad escape or
 * a ';' are dropped, as in what a function gets as `event.query`.
 */
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
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined
  const binary = Buffer.from(text.replaceAll('+', ' ')).toString('latin1')
  return Buffer.from(
    binary.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
      String.fromCharCode(parseInt(hex, 16))
    ),
    'latin1'
  )
}

const encode = (bytes: Buffer) =>
  bytes
    .toString('latin1')
    .replace(/[^\w.~-]/g, char =>
      char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    )
