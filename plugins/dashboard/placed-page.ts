/**
 * A page of the dashboard below BASE_PATH: the build made it for the top of a host. Its addresses are changed when it
 * is first asked for, and it is kept in the forms that browsers take.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

interface Form {
  readonly encoding: 'br' | 'gzip' | undefined
  readonly bytes: Uint8Array
}

interface PlacedPage {
  readonly tag: string
  /** The smallest first; the last one has no encoding. */
  readonly forms: readonly Form[]
}

/** Sends the page of this file, as `sendFile` does without a BASE_PATH. */
export function createPageSender(
  file: string,
  basePath: string
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  let made: Promise<PlacedPage> | undefined
  return async (request, reply) => {
    made ??= makePage(file, basePath).catch((error: unknown) => {
      made = undefined
      throw error
    })
    const { tag, forms } = await made
    reply.header('etag', tag).header('vary', 'Accept-Encoding')
    if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(tag) === true) {
      return reply.code(304).send()
    }
    const accepted = String(request.headers['accept-encoding'] ?? '')
    const form = forms.find(({ encoding }) => encoding === undefined || takes(accepted, encoding))
    if (form?.encoding !== undefined) reply.header('content-encoding', form.encoding)
    return reply.type('text/html; charset=utf-8').send(form?.bytes)
  }
}

const takes = (accepted: string, encoding: string): boolean =>
  new RegExp(`(?:^|,)\\s*${encoding}\\s*(?:,|$|;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$)))`, 'i').test(
    accepted
  )

async function makePage(file: string, basePath: string): Promise<PlacedPage> {
  const text = placePage(await readFile(file, 'utf8'), basePath)
  const plain = Buffer.from(text)
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(plain, quality),
    promisify(gzip)(plain, { level: 9 })
  ])
  return {
    // Weak, as one tag stands for all forms.
    tag: `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    forms: [
      { encoding: 'br', bytes: br },
      { encoding: 'gzip', bytes: gz },
      { encoding: undefined, bytes: plain }
    ]
  }
}

/** The assets that a page names, and what it says of its own place (public/shell/base-path.ts). */
const placePage = (html: string, basePath: string): string =>
  html
    .replaceAll('"/assets/', `"${basePath}/assets/`)
    .replace('data-base-path=""', `data-base-path="${basePath}"`)
