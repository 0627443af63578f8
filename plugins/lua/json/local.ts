/** `json` in the sandbox. */
import { LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue } from '../../../sandbox/lua/api.js'
import { native, quoted } from '../native.js'
import { decodeJson } from './decode.js'
import { encodeJson } from './encode.js'
import { emptyList, jsonNull, markAsList, nullForLua } from './marks.js'
import { readOptions } from './options.js'

/** Tables nested deeper than this are neither written nor read. */
const MAX_DEPTH = 10_000

export const functions = {
  encode: native((...args: [value?: LuaValue, options?: LuaTable]) => {
    if (args.length === 0) throw new LuaMisuse("bad argument #1 to 'json.encode' (value expected)")
    return encodeJson(args[0], MAX_DEPTH, readOptions(args[1]))
  }),
  decode: native((text: string, options?: LuaTable) =>
    decodeJson(text, MAX_DEPTH, options?.get('null') === true ? nullForLua : undefined)
  ),
  array: native((table?: LuaTable) => {
    if (table === undefined) return emptyList()
    for (const [key] of table.entries()) {
      if (typeof key === 'number') continue
      const name = typeof key === 'string' ? quoted(key) : `a ${typeof key}`
      throw new LuaMisuse(
        `bad argument #1 to 'json.array' (a list expected, got a table with the key ${name})`
      )
    }
    markAsList(table.identity())
    return table
  }),
  null: jsonNull
}
