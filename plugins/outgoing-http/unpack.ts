/** Unpacks compressed replies within a limit, so that a small reply cannot become a large one. */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib'
import type { Reply } from './exchange.js'
import { failures } from './failure.js'

const unpackers: Readonly<Record<string, (data: Buffer, options: ZlibOptions) => Promise<Buffer>>> =
  {
    gzip: promisify<Buffer, ZlibOptions, Buffer>(gunzip),
    'x-gzip': promisify<Buffer, ZlibOptions, Buffer>(gunzip),
    deflate: promisify<Buffer, ZlibOptions, Buffer>(inflate),
    br: promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress)
  }

function withoutPacking<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  const { 'Content-Encoding': _encoding, 'Content-Length': _length, ...others } = headers
  return others
}

/**
 * The reply with its body unpacked and without Content-Encoding and Content-Length, which described the packed one.
 * An unknown encoding is left alone. Rejects when the unpacked body exceeds `limit` bytes or is damaged.
 */
export async function unpack(
  reply: Reply,
  { host, limit }: { host: string; limit: number }
): Promise<Reply> {
  const encoding = reply.headers['Content-Encoding']?.trim().toLowerCase() ?? ''
  const unpacker = Object.hasOwn(unpackers, encoding) ? unpackers[encoding] : undefined
  if (unpacker === undefined || reply.body.byteLength === 0) return reply
  try {
    const body = await unpacker(reply.body, { maxOutputLength: limit })
    return {
      ...reply,
      headers: withoutPacking(reply.headers),
      headersAll: withoutPacking(reply.headersAll),
      body
    }
  } catch (error) {
    const isTooLarge =
      error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw isTooLarge ? failures.tooLarge(host, limit) : failures.notCompressed(host, encoding)
  }
}
