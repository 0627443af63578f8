/**
 * Lua values as JSON text, without recursion: functions may nest tables as deep as they like, and the stack
 * below a native function may already be deep.
 */
import { LuaFailure } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue } from '../../../sandbox/lua/api.js'
import { quoteJson } from './quote.js'
import { readContainer, type Container } from './container.js'
import { plainOptions, type EncodeOptions } from './options.js'
import { TextBuilder } from './text-builder.js'

/** A table being written. */
interface Frame extends Container {
  readonly identity: object
  /** What stands in front of each of its entries, and of its end. */
  readonly breaks: readonly [entry: string, end: string]
  next: number
}

/** Throws LuaFailure for what JSON cannot say: NaN, infinities, cycles, too deep, too long. */
export function encodeJson(value: LuaValue, maxDepth: number, options = plainOptions): string {
  return isTable(value) ? new Encoder(maxDepth, options).encode(value) : scalar(value)
}

class Encoder {
  private readonly out = new TextBuilder()
  private readonly path = new Set<object>()
  private readonly stack: Frame[] = []
  private readonly colon: string

  constructor(
    private readonly maxDepth: number,
    private readonly options: EncodeOptions
  ) {
    this.colon = options.indent === '' ? ':' : ': '
  }

  encode(value: LuaTable): string {
    const { out, path, stack } = this
    stack.push(this.open(value))
    for (let frame = stack[0]; frame !== undefined; frame = stack[stack.length - 1]) {
      const child = this.writeUntilTable(frame)
      if (child !== undefined) {
        stack.push(this.open(child))
        continue
      }
      if (frame.values.length > 0) out.add(frame.breaks[1])
      out.add(frame.keys === undefined ? ']' : '}')
      path.delete(frame.identity)
      stack.pop()
    }
    return out.finish()
  }

  private open(table: LuaTable): Frame {
    const { path, stack, maxDepth, options } = this
    if (stack.length >= maxDepth) {
      throw new LuaFailure(`the value is nested deeper than ${maxDepth} tables`)
    }
    const identity = table.identity()
    if (path.has(identity)) throw new LuaFailure('the value contains itself')
    path.add(identity)
    const { keys, values } = readContainer(table, options.sort)
    this.out.add(keys === undefined ? '[' : '{')
    return { identity, keys, values, breaks: this.breaksAt(stack.length), next: 0 }
  }

  private breaksAt(depth: number): Frame['breaks'] {
    const { indent } = this.options
    if (indent === '') return ['', '']
    return [`\n${indent.repeat(depth + 1)}`, `\n${indent.repeat(depth)}`]
  }

  /** Writes the entries up to the next table, which is given, or to the end. */
  private writeUntilTable(frame: Frame): LuaTable | undefined {
    const { out } = this
    const { keys, values } = frame
    for (let i = frame.next; i < values.length; i++) {
      const value = values[i]
      if (i > 0) out.add(',')
      if (frame.breaks[0] !== '') out.add(frame.breaks[0])
      if (keys !== undefined) {
        out.add(quoteJson(keys[i] ?? ''))
        out.add(this.colon)
      }
      if (isTable(value)) {
        frame.next = i + 1
        return value
      }
      out.add(scalar(value))
    }
    frame.next = values.length
    return undefined
  }
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
