/** The answer as it is kept with `save_response`: what the handler returned, not masked. */
import { toText } from '../binary.js'
import type { Answer } from '../contracts/invocation.js'

const MAX_BODY = 1024 * 1024
const NOTE = '\n[TRUNCATED - Response exceeded 1MB]'

export function responseJson ({ statusCode, headers, body, isBase64Encoded }: Answer): string {
  return JSON.stringify({ statusCode, headers: textHeaders(headers), body: bodyText(body, isBase64Encoded), isBase64Encoded })
}

function textHeaders (headers: Answer['headers']): Record<string, string | string[]> {
  const texts: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) texts[name] = typeof value === 'string' ? toText(value) : value.map(toText)
  return texts
}

/** Cut in what the handler wrote: text by its bytes, base64 by its characters. */
function bodyText (body: Uint8Array, isBase64Encoded: boolean): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (isBase64Encoded) {
    const text = bytes.toString('base64')
    return text.length > MAX_BODY ? text.slice(0, MAX_BODY) + NOTE : text
  }
  return bytes.length > MAX_BODY ? bytes.toString('utf8', 0, wholeCharacters(bytes, MAX_BODY)) + NOTE : bytes.toString('utf8')
}

/** The last boundary of a UTF-8 character at or before `end`; `end` itself in what is no UTF-8. */
function wholeCharacters (bytes: Buffer, end: number): number {
  for (let at = end; at > end - 4; at--) {
    if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return at
  }
  return end
}
