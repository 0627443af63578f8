/**
 * Values that stand behind the name of a credential in a text: `{"password":"…"}`, `password = '…'`, `Cookie: a=b`,
 * `?sig=…`, `Authorization: Basic …`. Works on text that need not be JSON, and in linear time.
 */
import { REDACTED } from './redacted.js'
import { isSecretField, isSecretParameter } from './secret-names.js'

/** One look that spares most texts all the others. */
const suspicious = /["'=]|cookie|basic|authorization/i

// A name, perhaps quoted (with as many backslashes as it is inside other texts), and what begins its value. Lengths
// are bounded, so that a place in the text is looked at a bounded number of times.
const quotedValue = /(\\{0,8}["'])?(?<![\w.-])([\w.-]{2,64})\1\s{0,8}[:=]\s{0,8}(\\{0,8}["'])/g
const plainValue = /(\\{0,8}")([\w.-]{2,64})\1\s{0,8}:\s{0,8}([^\s"'\\,}\]{[]{1,64})/g

const cookies = /((?:set-)?cookie["']?\s{0,8}[:=]\s{0,8}["']?)[\w!#$%&'*+.^`|~-]{1,128}=[^\r\n"]*/gi
const basic = /\bbasic\s{1,8}([a-z0-9+/_-]{6,4096}={0,2})/gi
const authorization =
  /(\bauthorization["']?\s{0,8}[:=]\s{0,8}["']?)(?:[a-z-]{2,20}\s{1,8})?[a-z0-9._~+/=-]{16,4096}/gi
const parameter = /([?&]([\w.%-]{1,64})=)([^\s&"'<>#\\]{1,4096})/g

/** The text with such values replaced; their names stay. */
export function maskNamedValues(text: string): string {
  if (!suspicious.test(text)) return text
  return maskQuoted(text)
    .replace(plainValue, (all, quote: string, name: string, value: string) =>
      isSecretField(name) ? `${all.slice(0, -value.length)}${quote}${REDACTED}${quote}` : all
    )
    .replace(cookies, `$1${REDACTED}`)
    .replace(basic, (all, value: string) => (isUserAndPassword(value) ? REDACTED : all))
    .replace(authorization, `$1${REDACTED}`)
    .replace(parameter, (all, start: string, name: string) =>
      isSecretParameter(name) ? start + REDACTED : all
    )
}

/** Each quoted value up to the quotation mark that ends it, to the end of the text where that is missing. */
function maskQuoted(text: string): string {
  let masked = ''
  let done = 0
  quotedValue.lastIndex = 0
  for (let match = quotedValue.exec(text); match !== null; match = quotedValue.exec(text)) {
    const [all, , name = '', delimiter = '"'] = match
    if (!isSecretField(name)) {
      // The value may itself begin with a name.
      quotedValue.lastIndex -= delimiter.length
      continue
    }
    const start = match.index + all.length
    const end = endOfQuoted(text, start, delimiter)
    if (end > start) masked += text.slice(done, start) + REDACTED
    else masked += text.slice(done, end)
    done = end
    quotedValue.lastIndex = Math.max(end, start)
  }
  return done === 0 ? text : masked + text.slice(done)
}

/** Index of the delimiter that ends a value, or of the text's end. One with more backslashes in front is part of it. */
function endOfQuoted(text: string, from: number, delimiter: string): number {
  let end = text.indexOf(delimiter, from)
  while (end > from && text.charAt(end - 1) === '\\') end = text.indexOf(delimiter, end + 1)
  return end === -1 ? text.length : end
}

const isUserAndPassword = (base64: string): boolean => Buffer.from(base64, 'base64').includes(':')
