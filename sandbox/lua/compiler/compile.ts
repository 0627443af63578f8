/**
 * Text to Code: Fengari's parser and code generator (lparser.js, lcode.js, lopcodes.js) make Lua 5.3 bytecode,
 * which is then translated for our machine.
 */
import { Dyndata, luaY_parser as parse } from 'fengari/src/lparser.js'
import type { Code } from './code.js'
import type { CompilerState } from './ldo.js'
import { SyntaxFault } from './lex-state.js'
import type { Source } from './llex.js'
import { translate } from './translate.js'

/**
 * Compiles text; `chunkName` is what stands before the line in messages. Throws a SyntaxFault. `meter` is called for
 * every token.
 */
export function compile(text: string, chunkName: string, meter?: () => void): Code {
  if (text.charCodeAt(0) === 27) {
    throw new SyntaxFault(`${chunkName}: attempt to load a binary chunk (mode is 't')`, 0, 0)
  }
  const state: CompilerState = { nCcalls: 0, top: 0, stack: [] }
  const source: Source = { text, chunkName, meter }
  try {
    return translate(parse(state, source, null, new Dyndata(), chunkName, null).p, chunkName)
  } catch (error) {
    // The parser refuses deep nesting itself, at 200 levels; this is for a stack that was nearly full before.
    if (error instanceof RangeError) throw new SyntaxFault(`${chunkName}: stack overflow`, 0, 0)
    throw error
  }
}
