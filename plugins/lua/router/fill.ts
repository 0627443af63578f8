import type { LuaTable } from '../../../sandbox/lua/api.js'
import { checkLength } from '../native.js'
import { escapeAll } from '../../../core/base/percent-escapes.js'
import { numberToString } from '../../../core/base/number-text.js'

/**
 * The pattern with `:name` replaced by its value. A name is the whole segment, as in matching, or else, so that
 * `/:id.json` works, the letters, digits and `_` after a colon; never a part of a longer name.
 */
export function fillPattern(pattern: string, params: LuaTable | undefined, name: string): string {
  if (params === undefined || !pattern.includes(':')) return pattern
  const value = (key: string): string | undefined => {
    const found = params.get(key)
    return typeof found === 'string'
      ? escapeAll(found)
      : typeof found === 'number'
        ? numberToString(found)
        : undefined
  }
  let length = 0
  return pattern
    .split('/')
    .map(segment => {
      const whole = segment.startsWith(':') ? value(segment.slice(1)) : undefined
      const filled =
        whole ?? segment.replace(/:([A-Za-z0-9_]+)/g, (text, key: string) => value(key) ?? text)
      checkLength((length += filled.length), name)
      return filled
    })
    .join('/')
}
