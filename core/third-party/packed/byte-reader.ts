/** A stream of bytes, read in pieces of a wished length. */
import { MoonletError } from '../../base/errors.js'

export class ByteReader {
  private readonly source: AsyncIterator<Buffer>
  private rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]()
  }

  /** Exactly so many bytes; undefined when there are not that many left. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = []
    let missing = length
    while (missing > 0) {
      const part = await this.next(missing)
      if (part === undefined) return undefined
      parts.push(part)
      missing -= part.length
    }
    return Buffer.concat(parts)
  }

  /** So many bytes, piece by piece. Throws VALIDATION when they end before. */
  async *stream(length: number): AsyncGenerator<Buffer> {
    for (let missing = length; missing > 0;) {
      const part = await this.next(missing)
      if (part === undefined) {
        throw new MoonletError('VALIDATION', 'is no sound archive: it ends within a file')
      }
      missing -= part.length
      yield part
    }
  }

  async skip(length: number): Promise<void> {
    for await (const part of this.stream(length)) void part
  }

  /** All that is left, so that what is wrong with it is found. */
  async drain(): Promise<void> {
    this.rest = Buffer.alloc(0)
    while ((await this.source.next()).done !== true);
  }

  /** At most so many of the bytes that are there; undefined at the end. */
  private async next(atMost: number): Promise<Buffer | undefined> {
    while (this.rest.length === 0) {
      const { value, done } = await this.source.next()
      if (done === true) return undefined
      this.rest = value
    }
    const part = this.rest.subarray(0, atMost)
    this.rest = this.rest.subarray(part.length)
    return part
  }
}
