/** Finding and replacing by pattern: find, match, gmatch, gsub. */
import { ArgumentError, LuaThrow } from '../errors.js'
import { chargeString } from '../memory.js'
import { getIndex, isTrue } from '../vm/operations.js'
import type { Vm } from '../vm/vm.js'
import { numberToString } from '../../../core/base/number-text.js'
import { Table } from '../table.js'
import { Closure, Native } from '../function.js'
import { typeName } from '../value.js'
import type { Returned } from '../function.js'
import type { Value } from '../value.js'
import { checkInteger, checkString, optionalInteger } from './arguments.js'
import type { Functions } from './library.js'
import { Matcher } from './matcher.js'
import { compilePattern } from './pattern.js'

/** What makes a text a pattern; a closing bracket or parenthesis alone does not. */
const SPECIALS = /[\^$*+?.([%-]/

export const searchFunctions = (vm: Vm): Functions => ({
  find: (text, pattern, from, plain) =>
    find(checkString(text, 1), checkString(pattern, 2), from, isTrue(plain), true),
  match: (text, pattern, from) =>
    find(checkString(text, 1), checkString(pattern, 2), from, false, false),
  gmatch: (text, pattern) => eachMatch(checkString(text, 1), checkString(pattern, 2)),
  gsub: (text, pattern, replacement, most) =>
    replace(vm, checkString(text, 1), checkString(pattern, 2), replacement, most)
})

function find(
  text: string,
  pattern: string,
  from: Value,
  plain: boolean,
  positions: boolean
): Returned {
  let start = optionalInteger(from, 3, 1)
  if (start < 0) start = Math.max(1, text.length + start + 1)
  else if (start === 0) start = 1
  if (start > text.length + 1) return undefined
  if (positions && (plain || !SPECIALS.test(pattern))) {
    const at = text.indexOf(pattern, start - 1)
    return at < 0 ? undefined : [at + 1, at + pattern.length]
  }
  const compiled = compilePattern(pattern)
  const matcher = new Matcher(compiled, text)
  for (let at = start - 1; at <= text.length; at++) {
    const end = matcher.matchAt(at)
    if (end >= 0) {
      if (!positions) {
        return compiled.captures < 2 ? matcher.capture(0, at, end) : matcher.captures(at, end)
      }
      return compiled.captures === 0 ? [at + 1, end] : [at + 1, end, ...matcher.captures(at, end)]
    }
    if (compiled.anchored) break
  }
  return undefined
}

function eachMatch(text: string, pattern: string): Native {
  // An anchor would make no sense here: '^' stands for itself.
  const compiled = compilePattern(pattern.startsWith('^') ? '%' + pattern : pattern)
  const matcher = new Matcher(compiled, text)
  let at = 0
  let lastEnd = -1
  return new Native('gmatch_iterator', () => {
    for (; at <= text.length; at++) {
      const end = matcher.matchAt(at)
      if (end < 0 || end === lastEnd) continue
      const from = at
      at = lastEnd = end
      return compiled.captures < 2 ? matcher.capture(0, from, end) : matcher.captures(from, end)
    }
    return undefined
  })
}

type Replacer = (matcher: Matcher, from: number, to: number) => string | undefined

function replace(vm: Vm, text: string, pattern: string, replacement: Value, most: Value): Returned {
  const limit = most === undefined ? text.length + 1 : checkInteger(most, 4)
  const replacer = toReplacer(vm, replacement)
  const compiled = compilePattern(pattern)
  const matcher = new Matcher(compiled, text)
  let result = ''
  let copied = 0
  let count = 0
  for (let at = 0, lastEnd = -1; count < limit;) {
    const end = matcher.matchAt(at)
    if (end >= 0 && end !== lastEnd) {
      count++
      const replaced = replacer(matcher, at, end)
      if (replaced !== undefined) {
        result += text.slice(copied, at) + replaced
        copied = end
        if (result.length > 4096) chargeString(replaced.length + 32)
      }
      at = lastEnd = end
    } else if (at < text.length) at++
    else break
    if (at > text.length || compiled.anchored) break
  }
  if (count === 0 || (result === '' && copied === 0)) return [text, count]
  result += text.slice(copied)
  chargeString(result.length)
  return [result, count]
}

function toReplacer(vm: Vm, replacement: Value): Replacer {
  if (typeof replacement === 'string' || typeof replacement === 'number') {
    return fromTemplate(checkString(replacement, 3))
  }
  if (replacement instanceof Table) {
    return (matcher, from, to) =>
      toReplacement(getIndex(vm, replacement, matcher.capture(0, from, to)))
  }
  if (replacement instanceof Closure || replacement instanceof Native) {
    return (matcher, from, to) =>
      toReplacement(vm.callFirst(replacement, matcher.captures(from, to)))
  }
  throw new ArgumentError(3, 'string/function/table expected')
}

/** What a callback or table gave; false and nil keep the match. */
function toReplacement(value: Value): string | undefined {
  if (typeof value === 'string') return value
  if (!isTrue(value)) return undefined
  if (typeof value === 'number') return numberToString(value)
  throw new LuaThrow(`invalid replacement value (a ${typeName(value)})`)
}

function fromTemplate(template: string): Replacer {
  if (!template.includes('%')) return () => template
  return (matcher, from, to) =>
    template.replace(/%([\s\S]?)/g, (_, c: string) => {
      if (c === '%') return '%'
      if (c === '0') return matcher.text.slice(from, to)
      if (c < '1' || c > '9') throw new LuaThrow("invalid use of '%' in replacement string")
      const value = matcher.capture(Number(c) - 1, from, to)
      return typeof value === 'number' ? numberToString(value) : String(value)
    })
}
