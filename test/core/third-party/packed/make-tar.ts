/** Archives as no honest program would write them. */
import { gzipSync } from 'node:zlib'

export interface Entry {
  readonly path: string
  readonly text?: string | Buffer
  /** '0', a file, unless given. */
  readonly type?: string
  readonly link?: string
  /** The size that the head tells, if that is not the text's. */
  readonly size?: number
  readonly mode?: string
}

const BLOCK = 512
const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)])

export function tarEntry(entry: Entry): Buffer {
  const { path, text = '', type = '0', link = '', mode = '0000644' } = entry
  const body = Buffer.from(text)
  const head = Buffer.alloc(BLOCK)
  head.write(path, 0, 100)
  head.write(`${mode}\0`, 100)
  head.write((entry.size ?? body.length).toString(8).padStart(11, '0'), 124)
  head.write(type, 156)
  head.write(link, 157, 100)
  head.write('ustar\0' + '00', 257)
  head.fill(' ', 148, 156)
  const sum = head.reduce((total, byte) => total + byte, 0)
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([head, padded(body)])
}

/** pax records of the entry that follows. */
export function paxEntry(records: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(records).map(([name, value]) => {
    const rest = ` ${name}=${value}\n`
    const bytes = Buffer.byteLength(rest)
    let length = bytes + 1
    while (String(length).length + bytes !== length) length++
    return `${length}${rest}`
  })
  return tarEntry({ path: 'pax', type: 'x', text: lines.join('') })
}

export const END = Buffer.alloc(2 * BLOCK)

export const makeTgz = (...parts: ReadonlyArray<Entry | Buffer>): Buffer =>
  gzipSync(
    Buffer.concat([...parts.map(part => (Buffer.isBuffer(part) ? part : tarEntry(part))), END])
  )
