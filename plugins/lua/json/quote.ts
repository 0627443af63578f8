import { isValid, sequences } from '../utf8.js'

const PLAIN = /^[ !#-%'-;=?-[\]-\x7f]*$/
// eslint-disable-next-line no-control-regex
const ASCII_SPECIAL = /[\x00-\x1f"\\<>&]/g
const SEPARATORS = /\xe2\x80[\xa8\xa9]/g

const short: { readonly [unit: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f'
}

const escape = (unit: string): string =>
  short[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

const escapeSeparator = (separator: string): string =>
  separator.endsWith('\xa8') ? '\\u2028' : '\\u2029'

/** A binary string as a JSON text, safe inside HTML and JavaScript. Bytes that are no UTF-8 become U+FFFD each. */
export function quoteJson(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  const escaped = text.replace(ASCII_SPECIAL, escape)
  const valid = isValid(escaped)
    ? escaped
    : escaped.replace(sequences(), match => (match.length === 1 ? '\\ufffd' : match))
  return `"${valid.includes('\xe2\x80') ? valid.replace(SEPARATORS, escapeSeparator) : valid}"`
}
