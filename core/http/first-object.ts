/** Request bodies as the API reads them: the first JSON value counts, whatever follows it. */

/**
 * The JSON value at the beginning of `text`. What follows a complete object is ignored, as the API promises.
 * Throws a SyntaxError when there is no JSON to begin with.
 */
export function parseFirstObject(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const end = endOfFirstObject(text)
    if (end === undefined) throw error
    return JSON.parse(text.slice(0, end))
  }
}

/** Where the object that `text` begins with ends; undefined when it begins with none, or never ends. */
function endOfFirstObject(text: string): number | undefined {
  if (!/^[ \t\r\n]*\{/.test(text)) return undefined
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text[i]
    if (unit === '"') i = endOfText(text, i)
    else if (unit === '{') depth++
    else if (unit === '}' && --depth === 0) return i + 1
  }
  return undefined
}

/** The place of the quote that closes the text which opens at `start`, or the end of all. */
function endOfText(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  return text.length
}
