/** The beginning of a JSON text made a whole one. */
import { endOfString } from './json-text.js'

const delimiter = /[\t\n\r ,:[\]{}"]/g

/**
 * What a JSON text began with, up to its last whole value or within a string, and what was open closed. Of anything
 * else it makes something that is no JSON either. In linear time.
 */
export function completeJson(start: string): string {
  const closers: string[] = []
  /** Up to here, with `closers`, it is whole. */
  let end = 0
  let isName = false
  for (let i = 0; i < start.length; i++) {
    const character = start.charAt(i)
    switch (character) {
      case '{':
      case '[':
        closers.push(character === '{' ? '}' : ']')
        isName = character === '{'
        end = i + 1
        break
      case '}':
      case ']':
        closers.pop()
        isName = false
        end = i + 1
        break
      case ',':
        isName = closers.at(-1) === '}'
        break
      case ':':
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        break
      case '"': {
        const close = endOfString(start, i)
        if (close >= start.length) {
          return isName
            ? closed(start, end, closers)
            : closed(`${withoutCutEscape(start)}"`, undefined, closers)
        }
        if (!isName) end = close + 1
        isName = false
        i = close
        break
      }
      default: {
        i = endOfLiteral(start, i)
        if (i < start.length - 1) end = i + 1
      }
    }
  }
  return closed(start, end, closers)
}

const closed = (text: string, end: number | undefined, closers: readonly string[]): string =>
  text.slice(0, end) + closers.toReversed().join('')

/** Index of the last character of a number or word that begins at `start`. */
function endOfLiteral(text: string, start: number): number {
  delimiter.lastIndex = start + 1
  return (delimiter.exec(text)?.index ?? text.length) - 1
}

/** Without an escape at the end that may not be whole. */
function withoutCutEscape(text: string): string {
  const backslash = text.lastIndexOf('\\')
  if (backslash < text.length - 6) return text
  let first = backslash
  while (text.charAt(first - 1) === '\\') first--
  // Of a row of backslashes the last one begins an escape when their number is odd.
  const begins = (backslash - first) % 2 === 0
  const length = text.charAt(backslash + 1) === 'u' ? 6 : 2
  return begins && backslash + length > text.length ? text.slice(0, backslash) : text
}
