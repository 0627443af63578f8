/** Bodies of GET and HEAD requests: Fastify does not read them, but a handler may want them. */
import type { IncomingMessage } from 'node:http'
import { MoonletError } from '../../../core/errors.js'

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

/** The whole body. Rejects with BODY_TOO_LARGE past `limit` bytes. */
export async function readBody (request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw new MoonletError('BODY_TOO_LARGE', `The body is larger than ${limit} bytes (BODY_LIMIT)`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
