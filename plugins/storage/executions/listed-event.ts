/** The part of an event that lists show. */
import { quote } from '../../../core/masking/quote.js'

/** Rows of executions hold texts of up to this many bytes; longer ones are stored whole in tables of their own. */
export const ROW_TEXT_BYTES = 4096

/** Bytes of JSON that each part may take; their sum with the names in between stays below ROW_TEXT_BYTES. */
const shares = {
  method: 100,
  path: 800,
  relativePath: 600,
  headers: 900,
  body: 950,
  query: 500
} as const

/** Looks at the length first: the bytes of most texts need not be counted. */
export const fitsRow = (text: string): boolean =>
  text.length * 3 <= ROW_TEXT_BYTES ||
  (text.length <= ROW_TEXT_BYTES && Buffer.byteLength(text) <= ROW_TEXT_BYTES)

/** An event that does not fit a row, cut to what does: valid JSON with `truncated`, and its size and hash if known. */
export function toListedEvent(eventJson: string): string {
  const event = parse(withShortBody(eventJson))
  const { method, path, relativePath, headers, body, query, bodySize, bodySha256 } = event
  const parts = [
    `"method":${cutText(method, shares.method)}`,
    `"path":${cutText(path, shares.path)}`,
    `"relativePath":${cutText(relativePath, shares.relativePath)}`,
    `"headers":${cutFields(headers, shares.headers)}`,
    `"body":${cutText(body, shares.body)}`,
    `"query":${cutFields(query, shares.query)}`,
    '"truncated":true',
    ...(typeof bodySize === 'number' ? [`"bodySize":${bodySize}`] : []),
    ...(typeof bodySha256 === 'string'
      ? [`"bodySha256":${cutText(bodySha256, shares.method)}`]
      : [])
  ]
  return `{${parts.join(',')}}`
}

/** Neither can occur inside a JSON text, where each quotation mark has a backslash in front, nor among the headers. */
const BODY_START = '},"body":"'
const BODY_END = '","query":{'
/** Whole characters and escapes of a JSON text. */
const wholeUnits = /(?:[^\\]|\\(?:u[0-9a-f]{4}|[^u]))*/iy

/**
 * The event with no more of its body than lists show. Parsing 64 KiB for that took a twentieth of the server's time
 * for an echo of such a body.
 */
function withShortBody(json: string): string {
  const start = json.indexOf(BODY_START) + BODY_START.length
  const end = json.indexOf(BODY_END, start)
  if (start < BODY_START.length || end - start <= shares.body) return json
  wholeUnits.lastIndex = 0
  const [body = ''] = wholeUnits.exec(json.slice(start, start + shares.body)) ?? []
  return json.slice(0, start) + body + json.slice(end)
}

function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The beginning of a text as JSON of at most `bytes` bytes. */
function cutText(value: unknown, bytes: number): string {
  let text = typeof value === 'string' ? value.slice(0, bytes) : ''
  let json = quote(text)
  while (Buffer.byteLength(json) > bytes) {
    text = text.slice(0, Math.floor(text.length * 0.8))
    json = quote(text)
  }
  return json
}

/** The first fields that fit, as JSON of at most `bytes` bytes. */
function cutFields(value: unknown, bytes: number): string {
  const fields: string[] = []
  let size = 2
  for (const [name, text] of Object.entries(
    typeof value === 'object' && value !== null ? value : {}
  )) {
    if (name.length + String(text).length > bytes) break
    const field = `${quote(name)}:${quote(String(text))}`
    size += Buffer.byteLength(field) + 1
    if (size > bytes) break
    fields.push(field)
  }
  return `{${fields.join(',')}}`
}
