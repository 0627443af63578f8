/** Works on JSON as text, with a stack of its own, for what a recursive walk over parsed values cannot do. */
import { isSecretField, sortFields, toFieldName } from './field-names.js'
import { REDACTED } from './redacted.js'
import { quote } from './quote.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Whether lists and objects are nested deeper than `limit`. Parsing such a text costs far more than this look. */
export function depthExceeds(text: string, limit: number): boolean {
  if (text.length <= limit) return false
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === QUOTE) {
      i = endOfString(text, i)
    } else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > limit) return true
    } else if (unit === 0x5d || unit === 0x7d) {
      depth--
    }
  }
  return false
}

interface Open {
  /** Encoded fields by name; undefined for a list. */
  readonly fields: Map<string, string> | undefined
  readonly items: string[]
  name: string
}

/** The same as encoding the parsed value, with numbers as they were written. `text` must be valid JSON. */
export function encodeJsonText(text: string): string {
  const outer: Open = { fields: undefined, items: [], name: '' }
  const stack: Open[] = []
  let open = outer
  const put = (json: string): void => {
    if (open.fields === undefined) open.items.push(json)
    else open.fields.set(open.name, isSecretField(open.name) ? `"${REDACTED}"` : json)
  }
  const token = /"|[[\]{}]|[^\s,:[\]{}"]+/g
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    switch (match[0]) {
      case '[':
      case '{':
        stack.push(open)
        open = { fields: match[0] === '{' ? new Map() : undefined, items: [], name: '' }
        break
      case ']':
      case '}': {
        const json = close(open)
        open = stack.pop() ?? outer
        put(json)
        break
      }
      case '"': {
        const end = endOfString(text, match.index)
        const string = JSON.parse(text.slice(match.index, end + 1)) as string
        token.lastIndex = end + 1
        if (open.fields !== undefined && isName(text, end + 1)) open.name = string
        else put(quote(string))
        break
      }
      default:
        put(match[0])
    }
  }
  return outer.items[0] ?? text
}

function close({ fields, items }: Open): string {
  if (fields === undefined) return `[${items.join(',')}]`
  return `{${sortFields([...fields.keys()].map(toFieldName))
    .map(({ name, start }) => start + (fields.get(name) ?? 'null'))
    .join(',')}}`
}

/** Characters of a string that are looked at one by one; what is longer is searched. */
const SHORT = 32

/** Index of the quotation mark that ends the string beginning at `start`; that of the end or beyond: there is none. */
export function endOfString(text: string, start: number): number {
  let i = start + 1
  for (const end = i + SHORT; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === BACKSLASH) i++
    else if (unit === QUOTE) return i
    else if (i >= end) return endOfLongString(text, i)
  }
  return i
}

/** The same from the middle of a string on; `from` is no part of an escape. */
function endOfLongString(text: string, from: number): number {
  let end = text.indexOf('"', from)
  while (end !== -1 && isEscaped(text, from, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

/** Whether an odd number of backslashes, not counting those in front of `from`, leads to the character at `at`. */
function isEscaped(text: string, from: number, at: number): boolean {
  let first = at
  while (first > from && text.charCodeAt(first - 1) === BACKSLASH) first--
  return (at - first) % 2 === 1
}

function isName(text: string, after: number): boolean {
  let i = after
  while (/[\t\n\r ]/.test(text.charAt(i))) i++
  return text.charAt(i) === ':'
}
