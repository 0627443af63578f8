import { fromText } from '../../../../core/base/binary.js'
import type { LuaFunction, LuaTable, LuaValue } from '../../../../sandbox/lua/api.js'

/** A Lua table without an engine, made of lists, objects and Maps, deeply. */
export class FakeTable implements LuaTable {
  readonly type = 'table'
  readonly map = new Map<LuaValue, LuaValue>()

  constructor(entries: Iterable<readonly [LuaValue, LuaValue]> = []) {
    for (const [key, value] of entries) this.set(key, value)
  }

  get(key: LuaValue): LuaValue {
    return this.map.get(key)
  }
  set(key: LuaValue, value: LuaValue): void {
    if (value === undefined) this.map.delete(key)
    else this.map.set(key, value)
  }
  length(): number {
    let n = 0
    while (this.map.has(n + 1)) n++
    return n
  }

  entries(): Iterable<[LuaValue, LuaValue]> {
    return this.map.entries()
  }
  identity(): object {
    return this.map
  }
}

export const aFunction: LuaFunction = { type: 'function' }

/** The table of a list (holes are undefined) or object, texts as UTF-8 bytes; whatever is Lua's already stays. */
export function toLuaValue(value: unknown): LuaValue {
  if (typeof value === 'string') return fromText(value)
  if (typeof value !== 'object' || value === null) return value as LuaValue
  if (value instanceof FakeTable || value === aFunction) return value as LuaValue
  if (Array.isArray(value)) {
    return new FakeTable(value.map((item, i) => [i + 1, toLuaValue(item)] as const))
  }
  return new FakeTable(
    Object.entries(value).map(([key, item]) => [fromText(key), toLuaValue(item)] as const)
  )
}
