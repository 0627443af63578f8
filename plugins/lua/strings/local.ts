/** `strings` in the sandbox. Texts are bytes; characters are those of UTF-8. */
import { LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue } from '../../../sandbox/lua/api.js'
import { checkEntries, checkLength, native, wholeNumber } from '../native.js'
import { numberToString } from '../../../core/base/number-text.js'
import { runContext } from '../run-context.js'
import { characters } from '../utf8.js'
import { toLower, toUpper } from './case.js'
import { replace } from './replace.js'
import { trim, trimLeft, trimRight } from './trim.js'

const split = native((text: string, separator: string) => {
  const check = (count: number) => checkEntries(count, 'strings.split')
  if (separator === '') return characters(text, check)
  // As many parts as could be at most, counted only when that might be too many.
  if (text.length / separator.length >= runContext.maxEntries) check(countParts(text, separator))
  return text.split(separator)
})

function countParts(text: string, separator: string): number {
  let count = 1
  for (
    let at = text.indexOf(separator);
    at >= 0;
    at = text.indexOf(separator, at + separator.length)
  ) {
    count++
  }
  return count
}

const join = native((list: LuaTable, separator: string) => {
  const length = list.length()
  let text = ''
  for (let index = 1; index <= length; index++) {
    if (index > 1) text += separator
    text += asText(list.get(index))
    checkLength(text.length, 'strings.join')
  }
  return text
})

const asText = (value: LuaValue): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? numberToString(value) : ''

const repeat = native((text: string, n: number) => {
  const count = Math.trunc(n)
  if (!(count >= 0)) {
    throw new LuaMisuse(
      `bad argument #2 to 'strings.repeat' (number of at least 0 expected, got ${numberToString(n)})`
    )
  }
  checkLength(text.length === 0 ? 0 : text.length * count, 'strings.repeat')
  return text === '' ? '' : text.repeat(count)
})

export const functions = {
  trim: native(trim),
  trimLeft: native(trimLeft),
  trimRight: native(trimRight),
  split,
  join,
  hasPrefix: native((text: string, part: string) => text.startsWith(part)),
  hasSuffix: native((text: string, part: string) => text.endsWith(part)),
  contains: native((text: string, part: string) => text.includes(part)),
  replace: native((text: string, old: string, replacement: string, n?: number) =>
    replace(
      text,
      old,
      replacement,
      n === undefined || n <= -1
        ? Infinity
        : wholeNumber(n, 4, 'strings.replace', -Infinity, Infinity)
    )
  ),
  toLower: native(toLower),
  toUpper: native(toUpper),
  repeat
}
