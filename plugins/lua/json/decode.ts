/**
 * JSON text as Lua values, by RFC 8259 and strictly. Works on the bytes as they are, so texts need no decoding,
 * and without recursion, so depth costs no stack.
 */
import type { ToLua } from '../../../sandbox/lua/api.js'
import { repaired } from '../utf8.js'
import { JsonReader } from './reader.js'

/** An object or list being read. */
type Open = { readonly list: ToLua[] } | { readonly map: Map<string, ToLua>; key: string }

const COMMA = 44
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/** Throws LuaFailure naming the position of what is wrong. null is nil: an absent field, a hole in a list. */
export function decodeJson(text: string, maxDepth: number): ToLua {
  const reader = new JsonReader(repaired(text))
  const stack: Open[] = []
  for (;;) {
    let value: ToLua
    const unit = reader.peek()
    if (unit === OPEN_BRACKET || unit === OPEN_BRACE) {
      reader.next()
      if (stack.length >= maxDepth) throw reader.failure(`nested deeper than ${maxDepth}`)
      const isList = unit === OPEN_BRACKET
      if (reader.peek() !== (isList ? CLOSE_BRACKET : CLOSE_BRACE)) {
        stack.push(isList ? { list: [] } : { map: new Map(), key: reader.key() })
        continue
      }
      reader.next()
      value = isList ? [] : new Map()
    } else {
      value = reader.scalar(unit)
    }

    // The value is whole: it goes into what is open, which may be whole by that too.
    for (;;) {
      const open = stack[stack.length - 1]
      if (open === undefined) {
        reader.end()
        return value
      }
      put(open, value)
      const after = reader.peek()
      if (after === COMMA) {
        reader.next()
        if ('map' in open) open.key = reader.key()
        break
      }
      if (after !== ('map' in open ? CLOSE_BRACE : CLOSE_BRACKET)) {
        throw reader.failure('map' in open ? "',' or '}' expected" : "',' or ']' expected")
      }
      reader.next()
      value = 'map' in open ? open.map : open.list
      stack.pop()
    }
  }
}

/** The last of repeated keys wins, also when it is null. */
function put(open: Open, value: ToLua): void {
  if ('list' in open) open.list.push(value)
  else if (value === undefined) open.map.delete(open.key)
  else open.map.set(open.key, value)
}
