/**
 * Reads tar archives as POSIX defines them (ustar and pax), with GNU's long names: what `npm pack` and `tar` write.
 * Nothing is made of an archive here; what an entry is and whether it may be is for who reads it.
 *
 * Packages that read them bring several others along, or keep in memory what nobody has read yet, or take an archive
 * that ends too early for a whole one.
 */
import { ByteReader } from './byte-reader.js'
import { MoonletError } from '../../base/errors.js'

export interface TarEntry {
  readonly path: string
  /** '0' is a file, '5' a folder; others are links and devices. */
  readonly type: string
  readonly mode: number
  /** The content, to be read to its end before the next entry is asked for. */
  readonly body: AsyncIterable<Buffer>
}

const BLOCK = 512
/** Of what an entry says besides its content: a path and times. */
const MAX_EXTRA = 64 * 1024

/** Entries in their order. Throws VALIDATION for what is no sound archive. */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(source)
  /** What was said of the entry that follows. */
  let path: string | undefined
  let size: number | undefined
  for (;;) {
    const head = await bytes.take(BLOCK)
    if (head === undefined) throw unsound('it has no end')
    if (head.every(byte => byte === 0)) return await bytes.drain()
    checkSum(head)
    const type = head.toString('latin1', 156, 157).replace(/[\0 7]/, '0')
    const said = readNumber(head, 124, 12)
    if (type === 'x' || type === 'g' || type === 'L') {
      const text = await readExtra(bytes, said)
      if (type === 'L') path = text.replace(/\0.*$/s, '')
      if (type === 'x') {
        const records = readRecords(text)
        path = records.get('path') ?? path
        size = records.has('size') ? toSize(records.get('size')) : size
      }
      continue
    }
    const length = size ?? said
    yield {
      path: path ?? pathOf(head),
      type,
      mode: readNumber(head, 100, 8),
      body: bytes.stream(length)
    }
    await bytes.skip(padding(length))
    path = undefined
    size = undefined
  }
}

const unsound = (why: string): MoonletError =>
  new MoonletError('VALIDATION', `is no sound archive: ${why}`)

const padding = (length: number): number => (BLOCK - (length % BLOCK)) % BLOCK

async function readExtra(bytes: ByteReader, length: number): Promise<string> {
  if (length > MAX_EXTRA) throw unsound(`an entry is described in ${length} bytes`)
  const extra = await bytes.take(length)
  if (extra === undefined) throw unsound('it ends within an entry')
  await bytes.skip(padding(length))
  return extra.toString()
}

/** The sum of all bytes of the head, with blanks in the place of the sum itself. */
function checkSum(head: Buffer): void {
  let sum = 8 * 32
  for (const [i, byte] of head.entries()) if (i < 148 || i >= 156) sum += byte
  if (sum !== readNumber(head, 148, 8)) throw unsound('the sum of an entry is wrong')
}

/** Octal digits among blanks and zero bytes. */
function readNumber(head: Buffer, from: number, length: number): number {
  const digits = head
    .toString('latin1', from, from + length)
    .replaceAll('\0', ' ')
    .trim()
  if (digits === '') return 0
  if (!/^[0-7]+$/.test(digits)) throw unsound('a number in it cannot be read')
  return Number.parseInt(digits, 8)
}

function toSize(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw unsound('a size cannot be read')
  return Number(text)
}

const textAt = (head: Buffer, from: number, length: number): string =>
  head.toString('utf8', from, from + length).replace(/\0.*$/s, '')

/** ustar has the beginning of a long path in a field of its own. */
function pathOf(head: Buffer): string {
  const name = textAt(head, 0, 100)
  const isUstar = head.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isUstar ? textAt(head, 345, 155) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Lines `LENGTH NAME=VALUE`, where the length is that of the whole line in bytes. */
function readRecords(text: string): ReadonlyMap<string, string> {
  const records = new Map<string, string>()
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    const [, digits = ''] = /^(\d{1,6}) /.exec(rest.toString('latin1', 0, 8)) ?? []
    const length = Number(digits)
    const line = rest.toString('utf8', digits.length + 1, length)
    const equals = line.indexOf('=')
    if (length === 0 || length > rest.length || !line.endsWith('\n') || equals < 1) {
      throw unsound('what it says of an entry cannot be read')
    }
    records.set(line.slice(0, equals), line.slice(equals + 1, -1))
    rest = rest.subarray(length)
  }
  return records
}
