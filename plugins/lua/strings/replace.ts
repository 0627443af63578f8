import { checkLength } from '../native.js'
import { characters } from '../utf8.js'

/** The first `most` occurrences of `old` replaced. Throws LuaMisuse when the result would be too long. */
export function replace(text: string, old: string, replacement: string, most: number): string {
  return old === '' ? between(text, replacement, most) : occurrences(text, old, replacement, most)
}

function occurrences(text: string, old: string, replacement: string, most: number): string {
  let result = ''
  let from = 0
  for (let count = 0; count < most; count++) {
    const at = text.indexOf(old, from)
    if (at < 0) break
    result += text.slice(from, at) + replacement
    checkLength(result.length, 'strings.replace')
    from = at + old.length
  }
  return from === 0 ? text : result + text.slice(from)
}

/** The replacement before each character and at the end. */
function between(text: string, replacement: string, most: number): string {
  const parts = characters(text, count => checkLength(count, 'strings.replace'))
  const times = Math.min(most, parts.length + 1)
  checkLength(text.length + times * replacement.length, 'strings.replace')
  let result = ''
  for (const [index, part] of parts.entries()) result += index < times ? replacement + part : part
  return times > parts.length ? result + replacement : result
}
