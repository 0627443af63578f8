/**
 * The answer as it is kept with `save_response`: what the handler returned. Names mask nothing here, as the contract
 * says; credentials that are known by their shape are replaced, and values of variables where it is stored.
 */
import { textOfFirst, toText } from '../base/binary.js'
import type { Answer } from '../contracts/invocation.js'
import { maskCredentials } from '../masking/event.js'

const MAX_BODY = 1024 * 1024
/** So much of a body has to be kept to be stored, and to tell whether there was more. */
export const MAX_KEPT = MAX_BODY + 1
const NOTE = '\n[TRUNCATED - Response exceeded 1MB]'

export function responseJson({ statusCode, headers, body, isBase64Encoded }: Answer): string {
  return JSON.stringify({
    statusCode,
    headers: textHeaders(headers),
    body: bodyText(body, isBase64Encoded),
    isBase64Encoded
  })
}

function textHeaders(headers: Answer['headers']): Record<string, string | string[]> {
  const texts: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    texts[name] =
      typeof value === 'string'
        ? maskCredentials(toText(value))
        : value.map(text => maskCredentials(toText(text)))
  }
  return texts
}

/** Cut in what the handler wrote: text by its bytes, base64 by its characters. */
function bodyText(body: Uint8Array, isBase64Encoded: boolean): string {
  if (isBase64Encoded) {
    // As many bytes as have exactly MAX_BODY characters: no more than that is encoded, whatever there is.
    const first = Buffer.from(
      body.buffer,
      body.byteOffset,
      Math.min(body.byteLength, (MAX_BODY / 4) * 3)
    )
    return body.byteLength > first.length
      ? first.toString('base64') + NOTE
      : first.toString('base64')
  }
  const text = maskCredentials(textOfFirst(body, MAX_BODY))
  return body.byteLength > MAX_BODY ? text + NOTE : text
}
