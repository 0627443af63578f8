/** What the local functions of all modules share: their type, range checks and bounds. */
import { LuaFailure, LuaMisuse } from '../../core/lua/errors.js'
import type { LuaValue, NativeFunction } from '../../sandbox/lua/api.js'
import { numberToString } from '../../core/base/number-text.js'
import { runContext } from './run-context.js'

/**
 * A function whose arguments have the types of its declaration: the stub in front of it has checked them, and
 * has turned numbers into text where text is declared.
 */
export const native = <A extends LuaValue[]>(
  run: (...args: A) => ReturnType<NativeFunction>
): NativeFunction => run as NativeFunction

/** The whole number in argument `index`, its fraction cut. Throws LuaMisuse outside `min` to `max`. */
export function wholeNumber(
  value: number,
  index: number,
  name: string,
  min: number,
  max: number
): number {
  const whole = Math.trunc(value)
  if (!(whole >= min && whole <= max)) {
    throw new LuaMisuse(
      `bad argument #${index} to '${name}' (whole number from ${numberToString(min)} to ` +
        `${numberToString(max)} expected, got ${numberToString(value)})`
    )
  }
  return whole
}

/** Throws LuaMisuse when a result would be longer than one call may make it. */
export function checkLength(bytes: number, name: string): void {
  if (bytes > runContext.maxText) {
    throw new LuaMisuse(
      `'${name}' would make a text of ${numberToString(bytes)} bytes (at most ${runContext.maxText} are possible)`
    )
  }
}

/** The same for the entries of a list. */
export function checkEntries(entries: number, name: string): void {
  if (entries > runContext.maxEntries) {
    throw new LuaMisuse(`'${name}' would make a list of more than ${runContext.maxEntries} entries`)
  }
}

/** What `run` gives; where it fails, the function `name` raises that instead of returning `nil, message`. */
export function raisingFailures<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof LuaFailure) throw new LuaMisuse(`${name}: ${error.message}`)
    throw error
  }
}

/** Bytes for a message: plain ASCII, at most 40 of them, everything else as Lua writes it in a literal. */
export function quoted(binary: string): string {
  const shown = binary.length > 40 ? binary.slice(0, 40) : binary
  // eslint-disable-next-line no-control-regex
  const plain = shown.replace(/[\x00-\x1f"\\\x7f-\xff]/g, byte =>
    byte === '"' || byte === '\\' ? `\\${byte}` : `\\${String(byte.charCodeAt(0)).padStart(3, '0')}`
  )
  return `"${plain}"${shown === binary ? '' : '...'}`
}
