/**
 * The Content-Type of an answer whose handler set none: JSON by contract, unless the body is plainly something
 * else.
 */
import { isUtf8 } from 'node:buffer'

const JSON_TYPE = 'application/json'
/** Longer ones that begin and end as JSON does are taken for it: to parse them would hold up everybody. */
const PARSED_BYTES = 16 * 1024
const SCALAR =
  /^[ \t\r\n]*(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)[ \t\r\n]*$/
/** Longer than any number that people write. */
const SCALAR_BYTES = 64

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"' }

/** JSON (an empty body too), text in UTF-8, or bytes. */
export function contentTypeOf(body: Uint8Array): string {
  if (body.length === 0 || isJson(body)) return JSON_TYPE
  return isUtf8(body) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

function isJson(body: Uint8Array): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const first = edge(body, 0, 1)
  const last = closing[first]
  if (last === undefined) {
    return body.length <= SCALAR_BYTES && SCALAR.test(bytes.toString('latin1'))
  }
  if (edge(body, body.length - 1, -1) !== last || !isUtf8(body)) return false
  if (body.length > PARSED_BYTES) return true
  try {
    JSON.parse(bytes.toString('utf8'))
    return true
  } catch {
    return false
  }
}

/** The first character that is not blank, from `start` on in steps of `step`; '' where there is none. */
function edge(body: Uint8Array, start: number, step: 1 | -1): string {
  for (let i = start; i >= 0 && i < body.length; i += step) {
    const byte = body[i] ?? 0
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) {
      return String.fromCharCode(byte)
    }
  }
  return ''
}
