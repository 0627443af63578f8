/**
 * Lua values as JSON text, without recursion: functions may nest tables as deep as they like, and the stack
 * below a native function may already be deep.
 */
import { LuaFailure } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue } from '../../../sandbox/lua/api.js'
import { quoteJson } from './quote.js'
import { readContainer, type Container } from './container.js'
import { TextBuilder } from './text-builder.js'

/** A table being written. */
interface Frame extends Container {
  readonly identity: object
  next: number
}

/** Throws LuaFailure for what JSON cannot say: NaN, infinities, cycles, too deep, too long. */
export function encodeJson(value: LuaValue, maxDepth: number): string {
  if (!isTable(value)) return scalar(value)
  const out = new TextBuilder()
  const path = new Set<object>()
  const stack: Frame[] = [open(value, path, out)]
  for (let frame = stack[0]; frame !== undefined; frame = stack[stack.length - 1]) {
    const child = writeUntilTable(frame, out)
    if (child !== undefined) {
      if (stack.length >= maxDepth) {
        throw new LuaFailure(`the value is nested deeper than ${maxDepth} tables`)
      }
      stack.push(open(child, path, out))
      continue
    }
    out.add(frame.keys === undefined ? ']' : '}')
    path.delete(frame.identity)
    stack.pop()
  }
  return out.finish()
}

function open(table: LuaTable, path: Set<object>, out: TextBuilder): Frame {
  const identity = table.identity()
  if (path.has(identity)) throw new LuaFailure('the value contains itself')
  path.add(identity)
  const { keys, values } = readContainer(table)
  out.add(keys === undefined ? '[' : '{')
  return { identity, keys, values, next: 0 }
}

/** Writes the entries up to the next table, which is given, or to the end. */
function writeUntilTable(frame: Frame, out: TextBuilder): LuaTable | undefined {
  const { keys, values } = frame
  for (let i = frame.next; i < values.length; i++) {
    const value = values[i]
    if (i > 0) out.add(',')
    if (keys !== undefined) {
      out.add(quoteJson(keys[i] ?? ''))
      out.add(':')
    }
    if (isTable(value)) {
      frame.next = i + 1
      return value
    }
    out.add(scalar(value))
  }
  return undefined
}

const isTable = (value: LuaValue): value is LuaTable =>
  typeof value === 'object' && value.type === 'table'

function scalar(value: LuaValue): string {
  switch (typeof value) {
    case 'string':
      return quoteJson(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      if (!Number.isFinite(value)) {
        throw new LuaFailure(
          `JSON has no ${Number.isNaN(value) ? 'NaN (not a number)' : 'infinite numbers'}`
        )
      }
      // JavaScript writes numbers as JSON wants them: the shortest text that reads back equal, and whole ones below
      // 1e21 without an exponent.
      return String(value)
    default:
      return 'null'
  }
}
