/**
 * JSON text as Lua values, by RFC 8259 and strictly. Works on the bytes as they are, so texts need no decoding,
 * and without recursion, so depth costs no stack.
 */
import type { ToLua } from '../../../sandbox/lua/api.js'
import { repaired } from '../utf8.js'
import { emptyList } from './marks.js'
import { OpenList, OpenObject } from './open.js'
import { JsonReader } from './reader.js'

const COMMA = 44
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/**
 * Throws LuaFailure naming the position of what is wrong. null is `nullValue`; where that is nil: an absent field, a
 * hole in a list.
 */
export function decodeJson(text: string, maxDepth: number, nullValue?: ToLua): ToLua {
  const reader = new JsonReader(repaired(text))
  const stack: Array<OpenList | OpenObject> = []
  for (;;) {
    let value: ToLua
    const unit = reader.peek()
    if (unit === OPEN_BRACKET || unit === OPEN_BRACE) {
      reader.next()
      if (stack.length >= maxDepth) throw reader.failure(`nested deeper than ${maxDepth}`)
      const isList = unit === OPEN_BRACKET
      if (reader.peek() !== (isList ? CLOSE_BRACKET : CLOSE_BRACE)) {
        stack.push(isList ? new OpenList() : new OpenObject(reader.key()))
        continue
      }
      reader.next()
      value = isList ? emptyList() : new Map()
    } else {
      value = reader.scalar(unit) ?? nullValue
    }

    // The value is whole: it goes into what is open, which may be whole by that too.
    for (;;) {
      const open = stack[stack.length - 1]
      if (open === undefined) {
        reader.end()
        return value
      }
      open.put(value)
      const after = reader.peek()
      if (after === COMMA) {
        reader.next()
        if (open.isObject) open.key = reader.key()
        break
      }
      if (after !== (open.isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        throw reader.failure(open.isObject ? "',' or '}' expected" : "',' or ']' expected")
      }
      reader.next()
      value = open.close()
      stack.pop()
    }
  }
}
