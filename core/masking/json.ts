/** Masking of JSON: the body-field rule, at any depth. */
import { arrange, UNFIT } from './arrange.js'
import { maskCredentials } from './credentials.js'
import { completeJson } from './cut-json.js'
import { depthExceeds, encodeJsonText } from './json-text.js'
import { quote } from './quote.js'
import { REDACTED } from './redacted.js'
import { isSecretField, sortFields, toFieldName } from './field-names.js'

/** As in `json.decode`: deeper than this, a text is not taken for JSON. */
const DEPTH_LIMIT = 10_000
/** Recursion is only used this deep; the rest goes to the encoder that keeps its own stack. */
const RECURSION_LIMIT = 200

/** What a JSON text can begin with, after blanks. */
const jsonStart = /^[\t\n\r ]*[[{"\-0-9tfn]/
/** Whole numbers that a double may not hold exactly; found inside texts too, which costs time but no harm. */
const longNumber = /\d{16}/

/**
 * A body as it is stored: JSON is encoded anew with secret fields replaced, keys sorted by bytes and no
 * blanks; any other text comes back unchanged. Numbers keep their value, also beyond 2^53.
 */
export const maskJsonBody = (text: string): string => maskIfJson(text) ?? text

/**
 * The beginning of a body that was cut, as it is stored. If it is the beginning of a JSON text, what is open is
 * closed, so that fields are found and masked as in a whole one, and it stays readable.
 */
export const maskCutBody = (start: string): string =>
  (jsonStart.test(start) ? maskIfJson(completeJson(start)) : undefined) ?? start

function maskIfJson(text: string): string | undefined {
  if (!jsonStart.test(text) || depthExceeds(text, DEPTH_LIMIT)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (longNumber.test(text)) return encodeJsonText(text)
  const arranged = arrange(value, RECURSION_LIMIT)
  return arranged === UNFIT ? (encode(value, 0) ?? encodeJsonText(text)) : JSON.stringify(arranged)
}

/**
 * A copy of a JSON value with secret fields replaced, and credentials in its texts, for records of AI and email
 * requests. Lists and objects nested deeper than 200 levels are replaced as a whole.
 */
export function maskJson(value: unknown): unknown {
  return mask(value, 0)
}

function mask(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskCredentials(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= RECURSION_LIMIT) return REDACTED
  if (Array.isArray(value)) return value.map(item => mask(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isSecretField(name) ? REDACTED : mask(item, depth + 1)
    ])
  )
}

/** Undefined when only the text's own encoder can do it: nested too deep for recursion, or a number too great. */
function encode(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return encodeNumber(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth >= RECURSION_LIMIT) return undefined
  return Array.isArray(value)
    ? encodeList(value, depth)
    : encodeObject(value as Record<string, unknown>, depth)
}

/** Undefined when it was too great for a double (`1e400`) and must be taken as it was written. */
function encodeNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined
  return Object.is(value, -0) ? '-0' : String(value)
}

function encodeList(list: unknown[], depth: number): string | undefined {
  let json = ''
  for (const item of list) {
    const text = encode(item, depth + 1)
    if (text === undefined) return undefined
    json += json === '' ? text : `,${text}`
  }
  return `[${json}]`
}

function encodeObject(object: Record<string, unknown>, depth: number): string | undefined {
  let json = ''
  const fields = sortFields(Object.keys(object).map(toFieldName))
  for (const { name, start, secret } of fields) {
    const text = secret ? `"${REDACTED}"` : encode(object[name], depth + 1)
    if (text === undefined) return undefined
    json += json === '' ? start + text : `,${start}${text}`
  }
  return `{${json}}`
}
