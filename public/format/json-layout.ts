/**
 * JSON laid out or packed without touching what it says: numbers of any length, repeated names and escapes stay as
 * they are written, which a way through JavaScript's own values would change.
 */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** With two blanks for each level, or undefined when it is no JSON. */
export function prettyJson(text: string): string | undefined {
  if (!isJson(text)) return undefined
  let out = ''
  let indent = '\n'
  let before = ''
  for (const [part] of text.matchAll(token)) {
    if (part === '}' || part === ']') {
      indent = indent.slice(0, -2)
      if (before !== '{' && before !== '[') out += indent
    } else if (before === '{' || before === '[') {
      out += indent
    }
    out += part
    if (part === '{' || part === '[') indent += '  '
    else if (part === ',') out += indent
    else if (part === ':') out += ' '
    before = part
  }
  return out
}

/** Without any blanks between its parts. Throws a SyntaxError in the words of the browser when it is no JSON. */
export function packJson(text: string): string {
  JSON.parse(text)
  return (text.match(token) ?? []).join('')
}
