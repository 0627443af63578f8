/**
 * The argument check of Lua APIs, made once per process from the declarations: nothing crosses the channel,
 * and no local function runs, with arguments of another type than declared.
 */
import { fromText } from '../../core/base/binary.js'
import type { ManifestFunction } from '../../core/lua/manifest.js'
import type { LuaField, LuaType } from '../../core/lua/types.js'
import { LuaRaise, type LuaTable, type LuaValue } from '../lua/api.js'
import {
  Mismatch,
  expected,
  missing,
  notOneOf,
  outOfRange,
  tooLong,
  type Given
} from './type-mismatch.js'
import { numberText } from '../../plugins/lua/number-text.js'
import { anyToWire } from './encode-any.js'
import { toWireText } from './wire.js'

/** Gives the value to pass on, or a Mismatch. */
type Check = (value: Given) => unknown

/**
 * Makes the check of a function's arguments. With `wire`, tables come out as lists and Maps and texts as they
 * travel; without (local functions), tables stay handles. Throws a LuaRaise that names the argument. Arguments
 * beyond the declared ones are dropped.
 */
export function compileArguments(
  module: string,
  fn: ManifestFunction,
  wire: boolean
): (args: readonly LuaValue[]) => unknown[] {
  const checks = fn.params.map(({ type }) => compile(type, wire))
  const name = `${module}.${fn.name}`
  return args => {
    const checked: unknown[] = new Array(checks.length)
    for (let i = 0; i < checks.length; i++) {
      const value = (checks[i] as Check)(i < args.length ? args[i] : missing)
      if (value instanceof Mismatch) {
        throw new LuaRaise(`bad argument #${i + 1} to '${name}' (${value.reason})`)
      }
      checked[i] = value
    }
    return checked
  }
}

function compile(type: LuaType, wire: boolean): Check {
  switch (type.kind) {
    case 'text':
    case 'bytes':
      return compileText(type, wire)
    case 'number':
    case 'integer':
      return compileNumber(type)
    case 'boolean':
      return value => (typeof value === 'boolean' ? value : expected(type, value))
    case 'nil':
      return value => (value === undefined || value === missing ? undefined : expected(type, value))
    case 'any':
      return value => (value === missing ? expected(type, value) : wire ? anyToWire(value) : value)
    case 'list':
      return compileTable(type, wire, listOf(type.of, wire))
    case 'map':
      return compileTable(type, wire, mapOf(type.of, wire))
    case 'record':
      return compileTable(type, wire, recordOf(type.fields, wire))
    case 'union':
      return compileUnion(type, wire)
    case 'optional': {
      const inner = compile(type.of, wire)
      return value => (value === undefined || value === missing ? undefined : inner(value))
    }
  }
}

function compileText(type: Extract<LuaType, { kind: 'text' | 'bytes' }>, wire: boolean): Check {
  const { max = Infinity } = type
  const allowed = type.kind === 'text' ? type.oneOf : undefined
  const binary = allowed === undefined ? undefined : new Set(allowed.map(fromText))
  return value => {
    const text = typeof value === 'number' ? numberText(value) : value
    if (typeof text !== 'string') return expected(type, value)
    if (text.length > max) return tooLong(max, text.length)
    if (allowed !== undefined && binary?.has(text) === false) {
      return notOneOf(allowed.map(fromText), text)
    }
    return wire ? toWireText(text) : text
  }
}

function compileNumber(type: Extract<LuaType, { kind: 'number' | 'integer' }>): Check {
  const { min, max } = type
  return value => {
    if (typeof value !== 'number') return expected(type, value)
    const number = type.kind === 'integer' ? Math.trunc(value) : value
    if (type.kind === 'integer' && !Number.isFinite(number)) {
      return outOfRange(min ?? -(2 ** 53), max ?? 2 ** 53, numberText(value))
    }
    if ((min !== undefined && !(number >= min)) || (max !== undefined && !(number <= max))) {
      return outOfRange(min, max, numberText(value))
    }
    return number
  }
}

/** Local functions get the table itself, checked to be one; what is in it they read for themselves. */
function compileTable(type: LuaType, wire: boolean, convert: (table: LuaTable) => unknown): Check {
  return value => {
    if (typeof value !== 'object' || value.type !== 'table') return expected(type, value)
    const converted = convert(value)
    return wire || converted instanceof Mismatch ? converted : value
  }
}

function listOf(of: LuaType, wire: boolean): (table: LuaTable) => unknown {
  const check = compile(of, wire)
  return table => {
    const length = table.length()
    const list: unknown[] = []
    for (let i = 1; i <= length; i++) {
      const element = check(table.get(i))
      if (element instanceof Mismatch) return element.inside(`element ${i}`)
      list.push(element)
    }
    return list
  }
}

function mapOf(of: LuaType, wire: boolean): (table: LuaTable) => unknown {
  const check = compile(of, wire)
  return table => {
    const map = new Map<string, unknown>()
    for (const [key, value] of table.entries()) {
      const name = typeof key === 'number' ? numberText(key) : key
      if (typeof name !== 'string') return new Mismatch('text keys expected')
      const entry = check(value)
      if (entry instanceof Mismatch) return entry.inside(`value of '${name}'`)
      map.set(name, entry)
    }
    return map
  }
}

function recordOf(
  fields: { readonly [name: string]: LuaField },
  wire: boolean
): (table: LuaTable) => unknown {
  const checks = Object.entries(fields).map(([name, field]) => ({
    name,
    key: fromText(name),
    check: compile(field.type, wire)
  }))
  return table => {
    const record = new Map<string, unknown>()
    for (const { name, key, check } of checks) {
      const value = check(table.get(key))
      if (value instanceof Mismatch) return value.inside(`field '${name}'`)
      if (value !== undefined) record.set(name, value)
    }
    return record
  }
}

/** The first type that fits; where none does, the reason of the only one of the value's Lua type, if there is one. */
function compileUnion(type: Extract<LuaType, { kind: 'union' }>, wire: boolean): Check {
  const checks = type.of.map(of => compile(of, wire))
  return value => {
    let closest: Mismatch | undefined
    for (const check of checks) {
      const result = check(value)
      if (!(result instanceof Mismatch)) return result
      if (!/ expected, got (?:no value|[a-z]+)$/.test(result.reason)) closest ??= result
    }
    return closest ?? expected(type, value)
  }
}
