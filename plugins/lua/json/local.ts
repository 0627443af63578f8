import { LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaValue } from '../../../sandbox/lua/api.js'
import { native } from '../native.js'
import { decodeJson } from './decode.js'
import { encodeJson } from './encode.js'

/** Tables nested deeper than this are neither written nor read. */
const MAX_DEPTH = 10_000

export const functions = {
  encode: native((...args: LuaValue[]) => {
    if (args.length === 0) throw new LuaMisuse("bad argument #1 to 'json.encode' (value expected)")
    return encodeJson(args[0], MAX_DEPTH)
  }),
  decode: native((text: string) => decodeJson(text, MAX_DEPTH))
}
